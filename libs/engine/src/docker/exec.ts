import { setTimeout as delay } from 'node:timers/promises';
import { FairleadError } from '@fairlead/domain';
import type { ExecutionResult } from '../port.js';
import type { Connection, EngineRequest } from './connection.js';
import { containerSegment } from './containers.js';
import { refusal } from './errors.js';
import { FrameReader } from './frames.js';
import { pathSegment } from './reference.js';

/** How often the exit code is asked for while the engine still calls a program running whose output has ended. */
const EXIT_POLL_MS = 20;

/**
 * See `EnginePort.execute`: create, start, read the output to its end, ask for the exit code. The engine has no call
 * to end such a program, so one that outlives `timeoutMs` is left to itself; give it a limit of its own.
 */
export async function execute(
  connection: Connection,
  containerId: string,
  argv: readonly string[],
  timeoutMs: number,
): Promise<ExecutionResult> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return await run(connection, { containerId, argv, timeoutMs, deadline });
  } catch (error) {
    if (!deadline.aborted) return notRunnable(error);
    throw new FairleadError('deadline_exceeded', `${argv[0]} did not end within ${timeoutMs / 1000} s`, {
      hint: 'It may still run in the container.',
      cause: error,
    });
  }
}

interface Run {
  readonly containerId: string;
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  readonly deadline: AbortSignal;
}

async function run(connection: Connection, { containerId, argv, timeoutMs, deadline }: Run): Promise<ExecutionResult> {
  const about = { call: 'exec', subject: containerId, timeoutMs } as const;
  const id = await createExec(connection, { ...about, method: 'POST', path: pathOf(containerId) }, argv);
  const output = new FrameReader();
  const start = { ...about, method: 'POST', path: `/exec/${id}/start`, body: { Detach: false, Tty: false } } as const;
  const stream = await connection.stream(start, deadline);
  for await (const chunk of stream) output.write(chunk as Buffer);
  const exitCode = await exitCodeOf(connection, { ...about, method: 'GET', path: `/exec/${id}/json` }, deadline);
  return { exitCode, stdout: output.stdout, stderr: output.stderr };
}

const pathOf = (containerId: string): string => `/containers/${containerSegment(containerId)}/exec`;

async function createExec(connection: Connection, request: EngineRequest, argv: readonly string[]): Promise<string> {
  const body = { Cmd: argv, AttachStdout: true, AttachStderr: true, AttachStdin: false, Tty: false };
  const { Id } = (await connection.json({ ...request, body })) as { Id?: unknown };
  const id = typeof Id === 'string' ? pathSegment(Id) : undefined;
  if (id !== undefined) return id;
  throw refusal(request.call, request.subject, 500, 'the engine gave no id for what it is to run');
}

async function exitCodeOf(connection: Connection, request: EngineRequest, deadline: AbortSignal): Promise<number> {
  for (;;) {
    const { Running, ExitCode } = (await connection.json(request)) as { Running: boolean; ExitCode: number | null };
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(EXIT_POLL_MS, undefined, { signal: deadline });
  }
}

/** Some engines refuse to start what is not there, others start it and let it end with 126 or 127. */
function notRunnable(error: unknown): ExecutionResult {
  const words = error instanceof FairleadError ? (error.engineMessage ?? '') : '';
  if (/executable file not found|no such file or directory/i.test(words)) return failedWith(127, words);
  if (/OCI.*permission denied/is.test(words)) return failedWith(126, words);
  throw error;
}

const failedWith = (exitCode: number, words: string): ExecutionResult => ({ exitCode, stdout: '', stderr: words });
