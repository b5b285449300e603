import type { Terminal } from '../src/terminal.js';

/** A terminal that nobody sits at. */
export const aTerminal = (overrides: Partial<Terminal> = {}): Terminal => ({
  interactive: false,
  write: () => undefined,
  drained: () => Promise.resolve(),
  screenRows: () => undefined,
  followScreen: () => () => undefined,
  warn: () => undefined,
  ask: () => Promise.resolve(''),
  askSecret: () => Promise.resolve(''),
  readInput: () => Promise.resolve(''),
  ...overrides,
});
