const BASE = 'http://this.invalid';

/**
 * A path of this site, or `/` for anything else: what a browser takes for another site must not come back from here.
 * @returns the path as a URL parser writes it, so that it reads the same to every browser
 */
export function safeReturnTo(text: string): string {
  // Browsers take `\` for `/`, and drop tabs and line ends before they read.
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(text) || text.includes('\\')) return '/';
  if (!URL.canParse(text, BASE)) return '/';
  const { origin, pathname, search, hash } = new URL(text, BASE);
  const path = `${pathname}${search}${hash}`;
  return origin === BASE && !path.startsWith('//') ? path : '/';
}
