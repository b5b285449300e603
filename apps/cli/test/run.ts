import type { Surroundings } from '../src/cli.js';
import { run } from '../src/program.js';
import { type Answers, FakeController } from './fake-controller.js';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly controller: FakeController;
  /** What was asked on the terminal. */
  readonly questions: readonly string[];
  /** Waits, in milliseconds. */
  readonly slept: readonly number[];
}

export const NOW = Date.parse('2026-11-24T09:30:00.000Z');

/** Folders of a user who has nothing yet. */
const NOBODY = { XDG_CONFIG_HOME: '/nonexistent/config', XDG_STATE_HOME: '/nonexistent/state' };

/**
 * Runs one command line against a controller that answers as told. `reply`: a person who answers questions so.
 * `input`: what comes in where there is no person.
 * `screenRows`: the height of the screen that results go to.
 */
export async function fairlead(
  line: string | readonly string[],
  answers: Answers,
  {
    reply,
    input = '',
    screenRows,
    env,
    ...overrides
  }: Partial<Surroundings> & { readonly reply?: string; readonly input?: string; readonly screenRows?: number } = {},
): Promise<Ran> {
  const controller = new FakeController(answers);
  const seen = { out: '', err: '', questions: [] as string[], slept: [] as number[] };
  let now = NOW;
  let keys = 0;
  const exitCode = await run(typeof line === 'string' ? line.split(' ') : line, {
    env: { ...NOBODY, ...env },
    terminal: {
      write: (text) => void (seen.out += text),
      drained: () => Promise.resolve(),
      screenRows: () => screenRows,
      followScreen: () => () => undefined,
      warn: (text) => void (seen.err += text),
      interactive: reply !== undefined,
      ask: (question) => {
        seen.questions.push(question);
        return Promise.resolve(reply ?? '');
      },
      askSecret: (question) => {
        seen.questions.push(question);
        return Promise.resolve(reply ?? '');
      },
      readInput: () => Promise.resolve(input),
    },
    fetch: controller.fetch,
    version: '0.0.0',
    now: () => now,
    sleep: (ms) => {
      now += ms;
      return Promise.resolve(void seen.slept.push(ms));
    },
    newKey: () => `key-${++keys}`,
    interrupted: () => new AbortController().signal,
    edit: () => Promise.reject(new Error('the test did not expect an editor')),
    ...overrides,
  });
  return { exitCode, ...seen, controller };
}
