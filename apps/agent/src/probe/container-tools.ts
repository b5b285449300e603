import { FairleadError, toFairleadError } from '@fairlead/domain';
import type { ContainerDetails, EnginePort, ExecutionResult } from '@fairlead/engine';
import { parseGetent, parseNslookup, parsePing, parsePingHeader } from './parse-output.js';
import {
  isMissing,
  type NoTool,
  pingArguments,
  pingLimitMs,
  type PingReport,
  type ProbeTools,
  RESOLVE_LIMIT_MS,
  type Resolution,
} from './probe-tools.js';

interface Resolver {
  readonly argv: (name: string) => string[];
  readonly read: (output: ExecutionResult) => string[];
}

/** In order of how much they say. Busybox has no `getent`; images without either may have `ping`. */
const RESOLVERS: readonly Resolver[] = [
  { argv: (name) => ['getent', 'hosts', name], read: ({ stdout }) => parseGetent(stdout) },
  { argv: (name) => ['nslookup', name], read: ({ stdout }) => parseNslookup(stdout) },
  {
    argv: (name) => ['ping', '-c', '1', '-W', '1', name],
    read: ({ stdout }) => [parsePingHeader(stdout)].filter((address) => address !== undefined),
  },
];

/** What the container has itself. */
export function containerTools(engine: EnginePort): ProbeTools {
  const run = (from: ContainerDetails, argv: string[], limitMs: number) => execute(engine, from, argv, limitMs);
  return {
    method: 'container',
    resolve: async (from, name): Promise<Resolution | NoTool> => {
      const missing: string[] = [];
      for (const { argv, read } of RESOLVERS) {
        const output = await run(from, argv(name), RESOLVE_LIMIT_MS);
        if (!isMissing(output)) return toResolution(read(output), output);
        missing.push(output.missing);
      }
      return { missing: missing.join('; ') };
    },
    ping: async (from, address, count): Promise<PingReport | NoTool> => {
      const output = await run(from, ['ping', ...pingArguments(address, count)], pingLimitMs(count));
      if (isMissing(output)) return output;
      return parsePing(output.stdout, output.stderr) ?? { missing: `ping: ${output.stderr.trim()}` };
    },
  };
}

const toResolution = (addresses: string[], { stdout, stderr }: ExecutionResult): Resolution => ({
  addresses,
  error: addresses.length > 0 ? '' : firstWords(stderr) || firstWords(stdout) || 'the name is not known',
});

/** The last line that says something: before it stands which server was asked. */
const firstWords = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

async function execute(
  engine: EnginePort,
  { id }: ContainerDetails,
  argv: string[],
  limitMs: number,
): Promise<ExecutionResult | NoTool> {
  try {
    const output = await engine.execute(id, argv, limitMs);
    const isThere = output.exitCode !== 126 && output.exitCode !== 127;
    return isThere ? output : { missing: `the container has no ${argv[0]}` };
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (error.code === 'deadline_exceeded') return { exitCode: 1, stdout: '', stderr: error.message };
    if (error.code === 'engine_refused') return { missing: error.engineMessage ?? error.message };
    throw error instanceof FairleadError ? error : thrown;
  }
}
