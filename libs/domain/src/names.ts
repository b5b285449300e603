import { FairleadError } from './errors.js';

/**
 * Docker itself accepts any text as a network name (`a/b`, `..`, a newline, 300 characters: seen on 20.10, 26.1 and
 * 28.5). We create only names that can be typed, put in a URL and shown, but manage all that exist.
 */
const NETWORK_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
/** A name like an id can stand in for a network that is gone (a DELETE by a stale id removes the impostor). */
const LIKE_AN_ID = /^[0-9a-f]{12,64}$/;
const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** @throws FairleadError `invalid_argument` unless `name` is safe to create a network under. */
export function checkNetworkName(name: string): void {
  if (!NETWORK_NAME.test(name)) {
    throw new FairleadError('invalid_argument', `'${name}' cannot be the name of a new network`, {
      hint: 'Use 1 to 128 letters, digits, "_", "." and "-", beginning with a letter or digit.',
    });
  }
  if (LIKE_AN_ID.test(name)) {
    throw new FairleadError('invalid_argument', `'${name}' looks like a network id`, {
      hint: 'Engines take names for ids; a name of 12 to 64 hexadecimal digits could shadow another network.',
    });
  }
}

/** @throws FairleadError `invalid_argument` unless `name` can name a host of the fleet. */
export function checkHostName(name: string): void {
  if (!HOST_NAME.test(name)) {
    throw new FairleadError('invalid_argument', `'${name}' cannot be the name of a host`, {
      hint: 'Use 1 to 63 letters, digits, "_", "." and "-", beginning and ending with a letter or digit.',
    });
  }
}

/** Full ids: 64 hexadecimal digits, or 25 of [a-z0-9] for swarm's networks. */
export const isFullNetworkId = (text: string): boolean => /^[0-9a-f]{64}$/.test(text) || /^[a-z0-9]{25}$/.test(text);

/** Ids are shown with 12 characters, as Docker does. */
export const shortId = (id: string): string => id.slice(0, 12);

/** A machine's name as the name of a host: other characters become `-`, at most 63 of them; `local` where none is left. */
export function toHostName(machine: string): string {
  const name = machine
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return name === '' ? 'local' : name;
}
