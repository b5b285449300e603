/** Names that fit into a sentence; what more there are is counted. */
const SHOWN = 10;

/** `a, b`, or `a, b … and 312 more`: the first names of a list. @param total how many there are, where not all are given */
export function firstOf(names: readonly string[], total = names.length): string {
  const shown = names.slice(0, SHOWN);
  const more = total - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` ... and ${more} more` : ''}`;
}
