import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Something the lab could not do. The message says what happened, why, and what to do next. */
export class LabError extends Error {
  override readonly name = 'LabError';
}

const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** PATH of everything the lab starts: dockerd looks up iptables there, which a user's PATH often lacks. */
export function searchPath(): string {
  const own = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return [...new Set([...own, ...systemFolders])].join(delimiter);
}

/** Where `program` is, or undefined if no folder of {@link searchPath} has it. */
export function findProgram(program: string): string | undefined {
  return searchPath()
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface RunOptions {
  /** Written to the program's standard input, which is then closed. */
  input?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end and returns its standard output without surrounding white space.
 * @throws LabError with the command line and what the program wrote to standard error (or, if nothing, to standard output).
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const env = { ...(options.env ?? process.env), PATH: searchPath() };
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error) reject(commandFailed(program, args, stderr || stdout || error.message));
      else resolve(stdout.trim());
    });
    child.stdin?.on('error', () => undefined); // the program may end without reading; its exit says why
    child.stdin?.end(options.input ?? '');
  });
}

function commandFailed(program: string, args: readonly string[], words: string): LabError {
  return new LabError(`\`${[program, ...args].join(' ')}\` failed: ${words.trim()}`);
}
