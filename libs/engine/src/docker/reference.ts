/**
 * Names are hostile input: Docker 20.10, 26.1 and 28.5 create networks called `a/b`, `..`, or a newline. This makes
 * one segment of a path of what somebody typed or some engine listed.
 */
export function pathSegment(reference: string): string | undefined {
  return isRoutable(reference) ? encodeURIComponent(reference) : undefined;
}

/**
 * Whether the engine's router hands a reference through as it is. It decodes %2F and %2E first and then cleans the
 * path: `..` answers 301 or 404, the empty reference is the path of the list, and a newline fits no route.
 * A lone surrogate has no place in UTF-8.
 */
const isRoutable = (reference: string): boolean =>
  !/[\n\p{Surrogate}]/u.test(reference) &&
  reference.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
