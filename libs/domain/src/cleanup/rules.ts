import { projectOf } from '../compose.js';
import { fitsGlob } from '../glob.js';
import { LABELS_LEFT_OUT } from '../label-filter.js';
import { type NetworkAttributes, type Subnet } from '../network.js';
import { matchesSelector, type Selector } from '../selector.js';
import { type CleanupPolicy, type NetworkRule } from './policy.js';

type Labels = Readonly<Record<string, string>>;

/** Whether the network fits all that the rule says; `unknown`: it depends on labels that were left out. */
export function fitsRule(rule: NetworkRule, attributes: NetworkAttributes): boolean | 'unknown' {
  const { name, driver, scope, subnets, labels } = attributes;
  if (rule.drivers.length > 0 && !rule.drivers.includes(driver)) return false;
  if (rule.scopes.length > 0 && !rule.scopes.includes(scope)) return false;
  if (rule.names.length > 0 && !fitsOne(rule.names, name)) return false;
  if (rule.prefix !== null && !hasPrefix(subnets, rule.prefix)) return false;
  const [project, labelled] = [fitsProjects(rule.projects, labels), fitsLabels(rule.labels, labels)];
  if (project === false || labelled === false) return false;
  return project === 'unknown' ? 'unknown' : labelled;
}

const fitsOne = (globs: readonly string[], text: string): boolean => globs.some((glob) => fitsGlob(glob, text));

const hasPrefix = (subnets: readonly Subnet[], { min, max }: { readonly min: number; readonly max: number }): boolean =>
  subnets.some(({ cidr }) => {
    const cut = cidr.indexOf('/');
    const length = Number(cidr.slice(cut + 1));
    return cut > 0 && length >= min && length <= max;
  });

function fitsProjects(globs: readonly string[], labels: Labels): boolean | 'unknown' {
  if (globs.length === 0) return true;
  const project = projectOf(labels);
  if (project === undefined) return 'unknown';
  return project !== '' && fitsOne(globs, project);
}

function fitsLabels(selector: Selector, labels: Labels): boolean | 'unknown' {
  if (!Object.hasOwn(labels, LABELS_LEFT_OUT)) return matchesSelector(selector, labels);
  const known = selector.filter(({ key }) => Object.hasOwn(labels, key));
  if (!matchesSelector(known, labels)) return false;
  return known.length === selector.length || 'unknown';
}

/** The first rule that fits, and its place; `unknown` where none surely does, but one may. */
export function firstFit(
  rules: readonly NetworkRule[],
  attributes: NetworkAttributes,
): { readonly rule: NetworkRule; readonly index: number } | 'none' | 'unknown' {
  let otherwise: 'none' | 'unknown' = 'none';
  for (const [index, rule] of rules.entries()) {
    const fits = fitsRule(rule, attributes);
    if (fits === true) return { rule, index };
    if (fits === 'unknown') otherwise = 'unknown';
  }
  return otherwise;
}

/**
 * Whether a policy means every network that is unused, or all but a few: it has no rule, or one that narrows nothing.
 * As policies only ever remove networks of the scope `local`, asking for it is no narrowing; nor is a prefix length that
 * every IPv4 subnet has, nor a selector that only says which labels a network does not have.
 */
export const matchesEverything = ({ match }: Pick<CleanupPolicy, 'match'>): boolean =>
  match.length === 0 || match.some(narrowsNothing);

const narrowsNothing = ({ drivers, names, labels, projects, scopes, prefix }: NetworkRule): boolean =>
  drivers.length === 0 &&
  (names.length === 0 || names.some(fitsMostNames)) &&
  labels.every(({ operator }) => operator === 'absent' || operator === 'notIn') &&
  projects.length === 0 &&
  (scopes.length === 0 || scopes.includes('local')) &&
  (prefix === null || (prefix.min <= 1 && prefix.max >= 32));

/** No name is empty, so that `?*` fits as many as `*`. */
const fitsMostNames = (glob: string): boolean => /^\*+\??\**$|^\?\*+$/.test(glob);
