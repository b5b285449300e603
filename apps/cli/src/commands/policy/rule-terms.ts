import type { NetworkRuleView } from '@fairlead/api';
import { FairleadError, nearest, parseSelector } from '@fairlead/domain';

const KEYS = ['driver', 'name', 'label', 'project', 'scope', 'prefix'] as const;
type Key = (typeof KEYS)[number];

/** One term and the comma behind it. In a label's term commas between parentheses are its own: `team in (a, b)`. */
const TERM = /\s*(?:label=((?:[^,()]|\([^()]*\))+)|(?!label=)([^=,]+)=([^,]+))(?:,|$)/y;

/**
 * Reads `driver=bridge,name=ci-*,label=team=web,prefix=24-28`. All that it says has to fit; of a key other than `label`
 * that comes several times one value has to. Every label is a term of its own.
 * @throws FairleadError `invalid_argument`
 */
export function parseRule(text: string): NetworkRuleView {
  const terms = readTerms(text);
  const valuesOf = (key: Key): string[] => terms.filter((term) => term.key === key).map(({ value }) => value);
  return {
    drivers: valuesOf('driver'),
    names: valuesOf('name'),
    labels: toLabels(valuesOf('label')),
    projects: valuesOf('project'),
    scopes: valuesOf('scope').map(toScope),
    prefix: toPrefix(valuesOf('prefix')),
  };
}

interface Term {
  readonly key: Key;
  readonly value: string;
}

function readTerms(text: string): Term[] {
  const terms: Term[] = [];
  for (let at = 0; at < text.length; at = TERM.lastIndex) {
    TERM.lastIndex = at;
    const [, label, key = '', value = ''] = TERM.exec(text) ?? [];
    if (label === undefined && key === '') throw notARule(text.slice(at), text);
    terms.push(label === undefined ? { key: toKey(key, value), value: value.trim() } : { key: 'label', value: label });
  }
  if (terms.length === 0 || text.trimEnd().endsWith(',')) throw notARule('', text);
  return terms;
}

function toKey(text: string, value: string): Key {
  const key = KEYS.find((one) => one === text);
  if (key !== undefined) return key;
  throw new FairleadError('invalid_argument', `'${text}' is none of ${KEYS.join(', ')}`, {
    hint: `Did you mean ${nearest(text, KEYS)}=${value}, or the label label=${text}=${value}?`,
  });
}

const notARule = (rest: string, text: string): FairleadError =>
  new FairleadError('invalid_argument', `'${rest === '' ? text : rest}' is not KEY=VALUE`, {
    hint: `Write terms such as driver=bridge, name=ci-*, label=keep or prefix=24, joined by commas.`,
  });

function toLabels(terms: readonly string[]): string {
  const text = terms.map((term) => term.trim()).join(',');
  parseSelector(text);
  return text;
}

function toScope(text: string): NetworkRuleView['scopes'][number] {
  if (text === 'local' || text === 'swarm' || text === 'global') return text;
  throw new FairleadError('invalid_argument', `scope is local, swarm or global, not '${text}'`);
}

const LONGEST_PREFIX = 128;

/** `24` or `24-28`, with or without slashes. */
function toPrefix([text, second]: readonly string[]): NetworkRuleView['prefix'] {
  if (text === undefined) return null;
  const [, from, to = from] = /^\/?(\d{1,3})(?:-\/?(\d{1,3}))?$/.exec(text) ?? [];
  const prefix = { min: Number(from), max: Number(to) };
  if (second === undefined && prefix.min <= prefix.max && prefix.max <= LONGEST_PREFIX) return prefix;
  throw new FairleadError('invalid_argument', `'${second ?? text}' is not the prefix of a rule`, {
    hint: 'Write one length or a range of them, once: prefix=24 or prefix=24-28.',
  });
}
