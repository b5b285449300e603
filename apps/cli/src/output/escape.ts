/**
 * Characters that steer a terminal or reorder what it shows: controls (C0, DEL, C1), line separators, and the
 * directional and invisible marks of Unicode. Engines take any of them in names and labels (Docker 20.10 to 28.5).
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const escapeOne = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text with every unsafe character spelled out, on one line. */
export const visible = (text: string): string => text.replace(UNSAFE, escapeOne);

/** The same for several lines of our own making. */
export const visibleLines = (text: string): string => text.split('\n').map(visible).join('\n');

export const isUnsafe = (text: string): boolean => text.search(UNSAFE) >= 0;

/** Without what a mistaken command line may have of tokens: an error repeats what was given. */
export const withoutTokens = (text: string): string => text.replace(/\b(fl[tj]1\.)[\w.-]+/g, '$1…');
