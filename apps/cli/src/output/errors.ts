import { ProblemError, toProblem } from '@fairlead/api';
import { FairleadError, toFairleadError } from '@fairlead/domain';
import type { Terminal } from '../terminal.js';
import { visible, visibleLines, withoutTokens } from './escape.js';
import { toJson } from './format.js';

/** What happened, why, in the engine's words, and what to do next. Ends with a line break. */
export function renderError(error: FairleadError, prefix = ''): string {
  const candidates = error instanceof ProblemError ? error.candidates : [];
  const lines = [
    `${prefix}error: ${withoutWords(error.message, error.engineMessage)}`,
    ...describeEngineMessage(error.engineMessage),
    ...candidates.map(({ host, name, id }) => `  ${host}/${name}  ${id}`),
    ...describeFaults(error),
    ...(error.hint ? [error.hint] : []),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

/** A message that ends with the engine's words, without them: they are said on their own. */
export function withoutWords(message: string, engineMessage = ''): string {
  const end = `: ${engineMessage}`;
  return engineMessage !== '' && message.endsWith(end) ? message.slice(0, -end.length) : message;
}

/** Faults that the message does not tell of already. */
const describeFaults = ({ message, faults = [] }: FairleadError): string[] =>
  faults.filter((fault) => !message.includes(fault.message)).map((fault) => `${fault.path}: ${fault.message}`);

/** Engines write a line break at the end, and some several lines. */
function describeEngineMessage(message = ''): string[] {
  const [first = '', ...rest] = message.trim().split(/\r?\n/);
  return first === '' ? [] : [`engine says: ${first}`, ...rest.map((line) => `  ${line}`)];
}

/** Prints an error, as problem details where JSON was asked for. Returns the exit code of its kind. */
export function printError(terminal: Terminal, thrown: unknown, format: string | undefined, host = ''): number {
  const error = toFairleadError(thrown);
  const text = format === 'json' ? toJson(problemOf(error)) : renderError(error, host === '' ? '' : `${host}: `);
  terminal.warn(withoutTokens(text));
  if (!(thrown instanceof FairleadError) && thrown instanceof Error) {
    terminal.warn(withoutTokens(visibleLines(`${thrown.stack ?? ''}\n`)));
  }
  return error.traits.exit;
}

const problemOf = (error: FairleadError): unknown =>
  error instanceof ProblemError ? error.problem : toProblem(error, { instance: 'urn:fairlead:cli' });

/** Which of several exit codes speaks for all: unknown outcome, failed, refused, not found, usage, done. */
const SEVERITY = [0, 2, 3, 4, 1, 75];
export const worstExit = (codes: readonly number[]): number =>
  codes.reduce((worst, code) => (SEVERITY.indexOf(code) > SEVERITY.indexOf(worst) ? code : worst), 0);
