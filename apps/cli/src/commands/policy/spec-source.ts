import { readFileSync } from 'node:fs';
import type { PolicySpecView, PolicyView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { Cli, ClientFlags } from '../../cli.js';
import { lines, printViews } from '../../output/rows.js';
import { LONGEST_INPUT } from '../../terminal.js';
import { type PolicyFile, readPolicyFile } from './policy-file.js';

/** A policy from a file that somebody named, `-` for standard input. @throws FairleadError */
export async function readPolicyFrom({ terminal }: Cli, path: string): Promise<PolicyFile> {
  if (path !== '-') return readPolicyFile(readText(path), path);
  const text = await terminal.readInput();
  if (text.length < LONGEST_INPUT) return readPolicyFile(text, 'stdin');
  throw new FairleadError('too_large', 'More than a policy came from standard input', {
    hint: 'Name the file: -f FILE.',
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FairleadError('invalid_argument', `${path} cannot be read: ${why}`, { cause });
  }
}

/** What became of a policy, and what is odd about it. @param done `Created` */
export function printPolicy(cli: Cli, { output }: ClientFlags, done: string, view: PolicyView): void {
  printViews(cli.terminal, output, {
    views: [view],
    several: false,
    name: ({ name }) => name,
    describe: () => [`${done} ${describePolicy(view)}`],
  });
  printWarnings(cli, view.warnings);
}

export const printWarnings = ({ terminal }: Cli, warnings: readonly string[]): void =>
  terminal.warn(lines(warnings.map((warning) => `warning: ${warning}`)));

const MODES = {
  report: 'only reports',
  approve: 'waits for approval of each plan',
  apply: 'removes by itself',
} as const satisfies Record<PolicySpecView['mode'], string>;

/** `nightly, version 2: only reports, at 02:00 every day, UTC`. */
export const describePolicy = ({ name, version, spec, schedule, paused }: PolicyView): string =>
  `${name}, version ${version}: ${MODES[spec.mode]}, ${schedule === '' ? 'has no schedule' : schedule}${paused ? ', paused' : ''}`;
