import { FairleadError } from './errors.js';
import { nearest } from './nearest.js';
import type { NetworkAttributes } from './network.js';
import { OPERATION_KINDS, type OperationKind } from './operation.js';

/** From least to most: `read-only` looks, `manage` changes but never by force, `full` may all. */
export const POLICY_MODES = ['read-only', 'manage', 'full'] as const;
export type PolicyMode = (typeof POLICY_MODES)[number];

/** What the owner of a host lets anybody do there, whatever the controller says. */
export interface HostPolicy {
  readonly mode: PolicyMode;
  /** Of what the mode allows, only this. */
  readonly verbs: readonly OperationKind[] | undefined;
  /** Only networks of these drivers are created or changed. */
  readonly drivers: readonly string[] | undefined;
  /** Networks that are neither removed nor changed: by name (`*` and `?` as in a shell) or label (KEY or KEY=VALUE). */
  readonly protect: { readonly names: readonly string[]; readonly labels: readonly string[] };
  /** Where the file does not say: whether the mode allows more than looks. */
  readonly probe: boolean;
  readonly maxRemovalsPerHour: number;
}

/** What is about to be done. */
export interface PolicyAct {
  readonly verb: OperationKind;
  /** Detaching what uses a network, or what is broken. */
  readonly force?: boolean;
  /** Undefined: not read yet. Rules that need it are then left to the second look. */
  readonly network?: Pick<NetworkAttributes, 'name' | 'driver' | 'labels'> | undefined;
  /** Removals that were begun in the last hour. */
  readonly removals?: number;
}

export interface PolicyRefusal {
  /** As it stands in the file: `mode: read-only`, `protect.names: prod-*`. */
  readonly rule: string;
  /** Why, beginning in lower case and without a full stop. */
  readonly sentence: string;
}

const DEFAULT_MAX_REMOVALS = 50;
const MAX_REMOVALS = 1_000_000;
/** What engines take for a driver that is not named. */
const DEFAULT_DRIVER = 'bridge';
const REMOVING: ReadonlySet<OperationKind> = new Set<OperationKind>(['remove', 'prune']);

/** The first rule that forbids the act; undefined where none does. */
export function refusal(policy: HostPolicy, act: PolicyAct): PolicyRefusal | undefined {
  return refusedByMode(policy, act) ?? refusedByNetwork(policy, act) ?? refusedByCount(policy, act);
}

function refusedByMode({ mode, verbs, probe }: HostPolicy, { verb, force = false }: PolicyAct) {
  if (verb === 'probe' && !probe) {
    const rule = mode === 'read-only' ? 'mode: read-only' : 'probe: false';
    return { rule, sentence: `probes are not allowed on this host${hintOfProbe(mode)}` };
  }
  if (mode === 'read-only' && verb !== 'probe')
    return { rule: 'mode: read-only', sentence: 'this host may only be looked at' };
  if (verbs !== undefined && !verbs.includes(verb)) {
    return { rule: `verbs: [${verbs.join(', ')}]`, sentence: `'${verb}' is not among what this host allows` };
  }
  if (mode === 'manage' && force)
    return { rule: 'mode: manage', sentence: `'${verb}' by force is not allowed on this host` };
  return undefined;
}

const hintOfProbe = (mode: PolicyMode): string => (mode === 'read-only' ? " unless the file says 'probe: true'" : '');

function refusedByNetwork({ drivers, protect }: HostPolicy, { verb, network }: PolicyAct): PolicyRefusal | undefined {
  if (network === undefined || verb === 'probe') return undefined;
  const driver = network.driver || DEFAULT_DRIVER;
  if (drivers !== undefined && !drivers.includes(driver)) {
    const sentence = `network '${network.name}' has the driver '${driver}', which is not among those`;
    return { rule: `drivers: [${drivers.join(', ')}]`, sentence };
  }
  if (verb === 'create' || verb === 'restore') return undefined;
  const sentence = `network '${network.name}' is protected`;
  const name = protect.names.find((glob) => matchesGlob(glob, network.name));
  if (name !== undefined) return { rule: `protect.names: ${name}`, sentence };
  const label = protect.labels.find((wanted) => hasLabel(network.labels, wanted));
  return label === undefined ? undefined : { rule: `protect.labels: ${label}`, sentence };
}

function refusedByCount({ maxRemovalsPerHour: most }: HostPolicy, { verb, removals }: PolicyAct) {
  if (!REMOVING.has(verb) || removals === undefined || removals < most) return undefined;
  return {
    rule: `maxRemovalsPerHour: ${most}`,
    sentence: `${removals} ${removals === 1 ? 'removal was' : 'removals were'} begun on this host in the last hour`,
  };
}

function matchesGlob(glob: string, name: string): boolean {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, 's').test(name);
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const cut = wanted.indexOf('=');
  const key = cut < 0 ? wanted : wanted.slice(0, cut);
  return Object.hasOwn(labels, key) && (cut < 0 || labels[key] === wanted.slice(cut + 1));
}

const MODE_SENTENCES: Readonly<Record<PolicyMode, string>> = {
  'read-only': 'Networks may be looked at and not changed.',
  manage: 'Networks may be created, changed and removed, but never by force.',
  full: 'Networks may be created, changed and removed, also by force.',
};

/** The policy for people: one sentence a rule. */
export function describePolicy({ mode, verbs, drivers, protect, probe, maxRemovalsPerHour }: HostPolicy): string[] {
  const rules = [MODE_SENTENCES[mode]];
  if (verbs !== undefined) rules.push(`Of that only: ${verbs.join(', ') || 'nothing'}.`);
  if (drivers !== undefined) rules.push(`Only networks of these drivers: ${drivers.join(', ') || 'none'}.`);
  if (protect.names.length > 0) rules.push(`Networks named like these are protected: ${protect.names.join(', ')}.`);
  if (protect.labels.length > 0) rules.push(`Networks labelled like this are protected: ${protect.labels.join(', ')}.`);
  rules.push(probe ? 'Probes are allowed.' : 'Probes are not allowed.');
  if (mode !== 'read-only') rules.push(`At most ${maxRemovalsPerHour} networks are removed in an hour.`);
  return rules;
}

const KEYS = ['mode', 'verbs', 'drivers', 'protect', 'probe', 'maxRemovalsPerHour'] as const;
const PROTECT_KEYS = ['names', 'labels'] as const;

interface Fault {
  readonly path: string;
  readonly message: string;
}

/**
 * Reads what a policy file holds.
 * @throws FairleadError `invalid_argument` with all faults at once; a key that is not known is one
 */
export function parseHostPolicy(data: unknown): HostPolicy {
  const faults: Fault[] = [];
  const policy = isRecord(data) ? read(data, faults) : undefined;
  if (policy === undefined) faults.push({ path: '', message: `is not a table of ${KEYS.join(', ')}` });
  if (policy !== undefined && faults.length === 0) return policy;
  const list = faults
    .map(({ path, message }) => (path === '' ? `the file ${message}` : `${path}: ${message}`))
    .join('; ');
  throw new FairleadError('invalid_argument', `The host policy is not valid: ${list}`, { faults });
}

function read(data: Record<string, unknown>, faults: Fault[]): HostPolicy {
  refuseUnknown('', data, KEYS, faults);
  const mode = readWord('mode', data['mode'], POLICY_MODES, faults);
  const protect = isRecord(data['protect']) ? data['protect'] : {};
  if (data['protect'] !== undefined && !isRecord(data['protect'])) {
    faults.push({ path: 'protect', message: `is not a table of ${PROTECT_KEYS.join(', ')}` });
  }
  refuseUnknown('protect.', protect, PROTECT_KEYS, faults);
  return {
    mode,
    verbs: readVerbs(data['verbs'], faults),
    drivers: data['drivers'] === undefined ? undefined : readTexts('drivers', data['drivers'], faults),
    protect: {
      names: readTexts('protect.names', protect['names'] ?? [], faults),
      labels: readTexts('protect.labels', protect['labels'] ?? [], faults),
    },
    probe: readSwitch('probe', data['probe'] ?? mode !== 'read-only', faults),
    maxRemovalsPerHour: readCount('maxRemovalsPerHour', data['maxRemovalsPerHour'] ?? DEFAULT_MAX_REMOVALS, faults),
  };
}

const isRecord = (data: unknown): data is Record<string, unknown> =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

function refuseUnknown(prefix: string, data: object, known: readonly string[], faults: Fault[]): void {
  for (const key of Object.keys(data).filter((name) => !known.includes(name))) {
    const message = `there is no such setting; did you mean ${prefix}${nearest(key, known)}?`;
    faults.push({ path: `${prefix}${key}`, message });
  }
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

function readWord<T extends string>(path: string, value: unknown, words: readonly T[], faults: Fault[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const what = value === undefined ? 'is missing' : `${shown(value)} is not known`;
  faults.push({ path, message: `${what}; it is one of ${words.join(', ')}` });
  return words[0] as T;
}

function readVerbs(value: unknown, faults: Fault[]): OperationKind[] | undefined {
  if (value === undefined) return undefined;
  const texts = readTexts('verbs', value, faults);
  for (const text of texts.filter((word) => !(OPERATION_KINDS as readonly string[]).includes(word))) {
    faults.push({ path: 'verbs', message: `there is no '${text}'; did you mean ${nearest(text, OPERATION_KINDS)}?` });
  }
  return texts as OperationKind[];
}

function readTexts(path: string, value: unknown, faults: Fault[]): string[] {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
  if (isList) return value as string[];
  faults.push({ path, message: `${shown(value)} is not a list of texts, such as [a, b]` });
  return [];
}

function readSwitch(path: string, value: unknown, faults: Fault[]): boolean {
  if (typeof value === 'boolean') return value;
  faults.push({ path, message: `${shown(value)} is neither true nor false` });
  return false;
}

function readCount(path: string, value: unknown, faults: Fault[]): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_REMOVALS) return value;
  faults.push({ path, message: `${shown(value)} is not a whole number from 0 to ${MAX_REMOVALS}` });
  return 0;
}
