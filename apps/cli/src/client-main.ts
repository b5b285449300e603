import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { editorOf, processEnvironment } from './config.js';
import { editFile } from './launcher/editor.js';
import { interruptSignal } from './launcher/interrupts.js';
import { run } from './program.js';
import { terminalOf } from './terminal.js';

/** One command of the client, or `up`, in the surroundings of this process. Resolves with the exit code. */
export function clientMain(argv: readonly string[]): Promise<number> {
  const env = processEnvironment();
  return run(argv, {
    env,
    terminal: terminalOf(process),
    fetch,
    version: ownVersion(),
    now: Date.now,
    sleep: (ms, signal) => delay(ms, undefined, signal && { signal }).catch(() => undefined),
    newKey: randomUUID,
    interrupted: interruptSignal,
    edit: (file) => editFile(editorOf(env), file),
  });
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
