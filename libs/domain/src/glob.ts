/**
 * Whether a pattern fits the whole text: `*` stands for any characters, `?` for one. Takes time in proportion to both
 * lengths multiplied, whatever the pattern: a regular expression with many `.*` may take for ever.
 */
export function fitsGlob(pattern: string, text: string): boolean {
  let [at, place] = [0, 0];
  /** The last `*`, and where in the text what comes after it was tried last. */
  let [star, tried] = [-1, 0];
  while (place < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      tried = place;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[place])) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      at = star + 1;
      place = ++tried;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
