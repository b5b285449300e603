import { createHash } from 'node:crypto';

/** The previous hash of the first entry. */
export const GENESIS = '0'.repeat(64);

/** One entry of the chain, all that its hash speaks of. */
export interface ChainLink {
  /** From 1, without a gap. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: string;
  readonly client: string;
  readonly peer: string;
  readonly action: string;
  readonly hostName: string | null;
  readonly target: unknown;
  readonly operationId: string | null;
  readonly outcome: string;
  readonly detail: unknown;
  /** Hexadecimal; GENESIS for the first. */
  readonly previousHash: string;
}

/** As it is stored. */
export interface ChainEntry extends ChainLink {
  readonly hash: string;
}

/** Where a chain ends: the next entry is chained to it. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The end of a chain without entries. */
export const EMPTY: Head = { seq: 0, hash: GENESIS };

/** Keeps what is hashed here from ever being taken for something else, and one version from another. */
const ENTRY_DOMAIN = 'fairlead-audit-entry/1\n';

/** SHA-256, hexadecimal, over all of an entry and the hash of the one before. */
export function hashOf(entry: ChainLink): string {
  const { seq, at, actor, client, peer, action, hostName, target, operationId, outcome, detail, previousHash } = entry;
  const all = { seq, at, actor, client, peer, action, hostName, target, operationId, outcome, detail, previousHash };
  return createHash('sha256').update(ENTRY_DOMAIN).update(canonical(all)).digest('hex');
}

/**
 * JSON without spaces and with the keys of every object in order, so that one value has one text. Takes what JSON
 * itself can hold.
 */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, of]) => `${JSON.stringify(key)}:${canonical(of)}`).join()}}`;
}

/**
 * The value as the database gives it back, so that a sound entry never looks edited: without what JSON cannot hold;
 * without half surrogate pairs, which are stored as another character; and without NUL, at which text ends there.
 */
export function storable<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, wellFormed)) as T;
}

/** Half a surrogate pair. */
const HALF = /\p{Surrogate}/gu;

const whole = (text: string): string => text.replace(HALF, '\uFFFD').replaceAll('\0', '\uFFFD');

function wellFormed(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return whole(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (Object.keys(value).every((key) => key === whole(key))) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [whole(key), of]));
}
