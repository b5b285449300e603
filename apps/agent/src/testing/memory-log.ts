import type { Log } from '../log.js';

export interface MemoryLog extends Log {
  readonly lines: { readonly level: string; readonly message: string; readonly details: object }[];
}

export function memoryLog(): MemoryLog {
  const lines: MemoryLog['lines'] = [];
  const at =
    (level: string) =>
    (message: string, details: object = {}): void =>
      void lines.push({ level, message, details });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn') };
}
