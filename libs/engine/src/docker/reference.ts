import { SEGMENT } from './calls.js';

const WHOLE = new RegExp(`^${SEGMENT}$`);

/**
 * Names are hostile input: Docker 20.10, 26.1 and 28.5 create networks called `a/b`, `..`, or a newline, and their
 * router decodes a path before it reads it, so that escaping them is not enough. This lets a reference into a path
 * only where it reads the same to everybody on the way. Every id is such a text, and every name of a container.
 */
export function pathSegment(reference: string): string | undefined {
  return WHOLE.test(reference) ? reference : undefined;
}

/** Of a reference in the words of an error, in characters. */
const LONGEST_SHOWN = 255;

/** A reference for the words of an error: whoever asks for a name of a megabyte is not told all of it. */
export const shown = (reference: string): string =>
  reference.length > LONGEST_SHOWN ? `${reference.slice(0, LONGEST_SHOWN)}…` : reference;
