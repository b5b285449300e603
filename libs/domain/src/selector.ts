import { FairleadError } from './errors.js';

/** One term of a label selector; all terms of a selector must hold. */
export type SelectorTerm =
  | { readonly key: string; readonly operator: 'exists' | 'absent' }
  | { readonly key: string; readonly operator: 'in' | 'notIn'; readonly values: readonly string[] };

export type Selector = readonly SelectorTerm[];

const KEY = String.raw`[A-Za-z0-9][A-Za-z0-9._/-]*`;
const EXISTS = new RegExp(`^(!?)(${KEY})$`);
const EQUALS = new RegExp(`^(${KEY})\\s*(==|!=|=)\\s*([^=!,()]*)$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);

/**
 * Reads a label selector in Kubernetes' notation: `env=prod,role!=db,zone in (a, b),!retired`.
 * An absent label satisfies `!=` and `notin`. The empty text selects everything.
 * @throws FairleadError `invalid_argument`, naming the term.
 */
export function parseSelector(text: string): Selector {
  return splitTerms(text).map(parseTerm);
}

/** Splits at commas that stand outside parentheses. */
function splitTerms(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^(]*\))/).map((term) => term.trim());
}

function parseTerm(term: string): SelectorTerm {
  const exists = EXISTS.exec(term);
  if (exists?.[2] !== undefined) return { key: exists[2], operator: exists[1] === '!' ? 'absent' : 'exists' };
  const equals = EQUALS.exec(term);
  if (equals?.[1] !== undefined) {
    return { key: equals[1], operator: equals[2] === '!=' ? 'notIn' : 'in', values: [(equals[3] ?? '').trim()] };
  }
  const set = SET.exec(term);
  if (set?.[1] !== undefined) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return { key: set[1], operator: set[2] === 'in' ? 'in' : 'notIn', values };
  }
  throw new FairleadError('invalid_argument', `'${term}' is not a term of a label selector`, {
    hint: 'Write terms such as env=prod, role!=db, zone in (a, b), gpu or !retired, joined by commas.',
  });
}

export function matchesSelector(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every((term) => matchesTerm(term, labels));
}

function matchesTerm(term: SelectorTerm, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, term.key) ? labels[term.key] : undefined;
  switch (term.operator) {
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'in':
      return value !== undefined && term.values.includes(value);
    case 'notIn':
      return value === undefined || !term.values.includes(value);
  }
}
