import { execFile } from 'node:child_process';

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started; undefined where it could. */
  readonly missing: string | undefined;
}

/** Starts a program of this host. No shell sees the arguments; the environment is empty but for these. */
export type RunProgram = (argv: readonly string[], limitMs: number) => Promise<ProgramResult>;

const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
const MAX_OUTPUT_BYTES = 64 * 1024;

export const runProgram: RunProgram = ([program = '', ...args], limitMs) =>
  new Promise((resolve) => {
    const options = { env: ENVIRONMENT, timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1;
      const missing = typeof error?.code === 'string' ? `${program}: ${error.message}` : undefined;
      const late = error?.killed === true ? `no answer within ${limitMs / 1000} s` : '';
      resolve({ code, stdout, stderr: stderr || late, missing });
    });
  });
