import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { LabError, searchPath } from './command.js';
import { markVariable, type LabRecord } from './record.js';
import { poll } from './waiting.js';

/** The environment of a lab's process: marked as the lab's, with a PATH that has the system's programs. */
export function markedEnvironment(record: LabRecord, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: searchPath(), [markVariable]: record.mark };
}

/** Starts a program that lasts: out of reach of the terminal's Ctrl-C, not holding up our exit, its words in `log`. */
export function startService(record: LabRecord, [program = '', ...args]: readonly string[], log: string): ChildProcess {
  const file = openSync(log, 'a');
  try {
    const env = markedEnvironment(record);
    const child = spawn(program, args, { detached: true, stdio: ['ignore', file, file], env });
    child.on('error', () => undefined); // seen as an ended child by those who wait for it
    child.unref();
    return child;
  } finally {
    closeSync(file);
  }
}

/** Waits until a service wrote the line "ready". */
export async function untilReady(child: ChildProcess, title: string, log: string): Promise<void> {
  await untilServing(child, title, log, 20_000, () => /^ready$/m.test(readFileSync(log, 'utf8')));
}

/**
 * Waits until `serves` says true.
 * @param limit in milliseconds
 * @throws LabError with the last lines of the log if the child ends before, or the time is up.
 */
export async function untilServing(
  child: ChildProcess,
  title: string,
  log: string,
  limit: number,
  serves: () => boolean | Promise<boolean>,
): Promise<void> {
  const answer = await poll(limit, async () => (hasEnded(child) ? 'ended' : (await serves()) ? 'serves' : undefined));
  if (answer === 'serves') return;
  const what =
    answer === 'ended' ? `ended before it answered (${endOf(child)})` : `did not answer within ${limit / 1000} s`;
  throw new LabError(`${title} ${what}. The last lines of ${log}:\n${lastLines(log)}`);
}

/** Waits until the child has ended. @param limit in milliseconds @returns whether it has */
export async function untilEnded(child: ChildProcess, limit: number): Promise<boolean> {
  return (await poll(limit, () => (hasEnded(child) ? true : undefined))) ?? false;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function endOf(child: ChildProcess): string {
  if (child.pid === undefined) return 'it could not be started';
  return child.signalCode ? `signal ${child.signalCode}` : `exit code ${child.exitCode}`;
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
