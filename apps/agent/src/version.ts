import { createRequire } from 'node:module';

/** The version of this program, from the package it lies in (`src` and `dist` are at the same depth). */
export const VERSION = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
