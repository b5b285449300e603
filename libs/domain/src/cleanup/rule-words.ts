import { type SelectorTerm } from '../selector.js';
import { type NetworkRule } from './policy.js';

/** Most texts of one kind that are told. */
const MOST_TOLD = 3;

/** What a rule asks for, for people: `driver bridge or macvlan, name ci-*, label keep`. */
export function wordRule({ drivers, names, labels, projects, scopes, prefix }: NetworkRule): string {
  const asked = [
    anyOf('driver', drivers),
    anyOf('name', names),
    labels.length === 0 ? '' : `label ${labels.slice(0, MOST_TOLD).map(wordTerm).join(',')}`,
    anyOf('project', projects),
    anyOf('scope', scopes),
    prefix === null ? '' : `prefix length ${prefix.min} to ${prefix.max}`,
  ].filter((part) => part !== '');
  return asked.length === 0 ? 'every network' : asked.join(', ');
}

function anyOf(kind: string, texts: readonly string[]): string {
  if (texts.length === 0) return '';
  const rest = texts.length - MOST_TOLD;
  return `${kind} ${[...texts.slice(0, MOST_TOLD), ...(rest > 0 ? [`${rest} more`] : [])].join(' or ')}`;
}

function wordTerm(term: SelectorTerm): string {
  switch (term.operator) {
    case 'exists':
      return term.key;
    case 'absent':
      return `!${term.key}`;
    case 'in':
      return `${term.key} in (${firstOf(term.values)})`;
    case 'notIn':
      return `${term.key} notin (${firstOf(term.values)})`;
  }
}

const firstOf = (values: readonly string[]): string =>
  values.slice(0, MOST_TOLD).join(', ') + (values.length > MOST_TOLD ? ', …' : '');
