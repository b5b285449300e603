import { FairleadError, type Network } from '@fairlead/domain';

/** Digits of an id that the full-text index holds: enough to tell millions apart, and a quarter of the room. */
export const ID_DIGITS = 16;

/**
 * What people search a network by, as one text. The index splits it at everything that is no letter and no digit, and
 * folds case and accents. Addresses and MACs are not in it: they are found by value.
 */
export function textOf(network: Network, hostName: string): string {
  const { id, name, driver, subnets, labels, endpoints } = network;
  return [
    name,
    hostName,
    driver,
    id.slice(0, ID_DIGITS),
    ...subnets.map(({ cidr }) => cidr),
    ...Object.entries(labels).flat(),
    ...endpoints.flatMap((e) => [e.containerName, e.containerId.slice(0, ID_DIGITS), e.project, e.service]),
  ].join('\n');
}

/** Text as one phrase of the index's query language: its words, next to each other. */
export const phrase = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** The networks with this text as a name, or this as an id; whoever asks verifies it on the rows. */
export const namedOrIdentified = (reference: string): string =>
  `${phrase(reference)} OR ${phrase(reference.slice(0, ID_DIGITS))}`;

/** Whether the index can be asked for a text: beyond ASCII its idea of a letter is older than ours. */
export const isIndexed = (text: string): boolean => /^[ -~]*[0-9a-z][ -~]*$/i.test(text);

/**
 * The networks with a name that may fit a pattern of `*` and `?`; undefined where it holds no word whose beginning is
 * certain. Of what stands between two wildcards, the word at the left may be the end of a longer one, the word at the
 * right the beginning of one.
 */
export function matchOfGlob(pattern: string): string | undefined {
  if (!isIndexed(pattern)) return undefined;
  const parts = pattern.split(/[*?]/);
  const phrases = parts.flatMap((part, place) => {
    const known = place === 0 ? part : part.replace(/^[0-9a-z]+/i, '');
    if (!isIndexed(known)) return [];
    const open = place < parts.length - 1 && /[0-9a-z]$/i.test(known);
    return phrase(known) + (open ? '*' : '');
  });
  return phrases.length === 0 ? undefined : phrases.join(' AND ');
}

/** What may be the beginning of an id. */
const DIGITS = /^[0-9a-f]{1,64}$/;

/**
 * The networks with this text as a name, or as the beginning of an id; whoever asks verifies it on the rows. What can
 * begin no id is looked up as a name only: any word that begins with `1` fits `shop-api-1` as a beginning.
 */
export const namedOrBegun = (reference: string): string => {
  const name = phrase(clean(reference));
  return DIGITS.test(reference) ? `${name} OR ${phrase(reference.slice(0, ID_DIGITS))}*` : name;
};

/** Most words of one search: each costs a walk through the index. */
const MAX_WORDS = 10;

/** What the index takes for part of a word. */
const LETTER = /[\p{L}\p{N}\p{Co}]/u;
const LONG_ID = new RegExp(`^[0-9a-f]{${ID_DIGITS + 1},64}$`);

/** The words of a search. */
export interface SearchWords {
  readonly plain: readonly string[];
  /** Digits of an id, more than the index holds. */
  readonly ids: readonly string[];
  /** Without a letter or digit, and so unknown to the index: parts of names. */
  readonly symbols: readonly string[];
}

/** @throws FairleadError `invalid_argument`: too many */
export function wordsOf(q: string): SearchWords {
  const words = [...new Set(clean(q).split(/\s+/u))].filter((word) => word !== '');
  if (words.length > MAX_WORDS) {
    throw new FairleadError(
      'invalid_argument',
      `A search has ${MAX_WORDS} words at most; this one has ${words.length}`,
    );
  }
  return {
    plain: words.filter((word) => LETTER.test(word) && !LONG_ID.test(word)),
    ids: words.filter((word) => LONG_ID.test(word)),
    symbols: words.filter((word) => !LETTER.test(word)),
  };
}

/** The query that all of these words fit, each as the beginning of a word or of several that follow each other. */
export const matchOf = (words: readonly string[]): string => words.map((word) => `${phrase(word)}*`).join(' AND ');

/** SQLite would take a query to end at a NUL. */
const clean = (text: string): string => text.replaceAll('\0', ' ');
