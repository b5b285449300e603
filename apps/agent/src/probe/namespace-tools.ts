import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ContainerDetails } from '@fairlead/engine';
import { parsePing } from './parse-output.js';
import {
  type NoTool,
  pingArguments,
  pingLimitMs,
  type PingReport,
  type ProbeTools,
  RESOLVE_LIMIT_MS,
  type Resolution,
} from './probe-tools.js';
import { type ProgramResult, type RunProgram, runProgram } from './run-program.js';

/** Run by Node inside the namespace; its arguments are the name and whom to ask for it. */
const RESOLVE_SCRIPT = `
const { Resolver } = require('node:dns').promises;
const resolver = new Resolver({ timeout: 2000, tries: 2 });
const [name, ...servers] = process.argv.slice(1);
resolver.setServers(servers);
Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]).then((answers) => {
  const addresses = answers.flatMap(({ value }) => value ?? []);
  const error = addresses.length > 0 ? '' : answers[0].reason.message;
  process.stdout.write(JSON.stringify({ addresses, error }));
});`;

const PINGS = [['ping'], ['busybox', 'ping']] as const;

export interface NamespaceParts {
  readonly run?: RunProgram;
  readonly readText?: (path: string) => Promise<string>;
  /** Node. */
  readonly execPath: string;
  /** Whom the container asks for names of others: addresses in its network. */
  readonly nameServersOf: (from: ContainerDetails) => Promise<readonly string[]>;
}

/**
 * The host's own tools, put into the container's network namespace: for images that have none. Needs root on the
 * machine of the engine.
 */
export function namespaceTools({
  run = runProgram,
  readText = readAsText,
  execPath,
  nameServersOf,
}: NamespaceParts): ProbeTools {
  const enter = async (from: ContainerDetails, argv: readonly string[], limitMs: number) => {
    const elsewhere = await whyNotHere(from, readText);
    if (elsewhere !== undefined) return { missing: elsewhere };
    const result = await run(['nsenter', `--net=/proc/${from.pid}/ns/net`, ...argv], limitMs);
    return refusedBy(result) ?? result;
  };
  return {
    method: 'namespace',
    resolve: async (from, name): Promise<Resolution | NoTool> => {
      const servers = await nameServersOf(from);
      if (servers.length === 0) return { addresses: [], error: 'its networks have no name server' };
      const result = await enter(from, [execPath, '-e', RESOLVE_SCRIPT, name, ...servers], RESOLVE_LIMIT_MS);
      return 'stdout' in result ? readResolution(result) : result;
    },
    ping: async (from, address, count): Promise<PingReport | NoTool> => {
      const missing: string[] = [];
      for (const program of PINGS) {
        const result = await enter(from, [...program, ...pingArguments(address, count)], pingLimitMs(count));
        const report = 'stdout' in result ? parsePing(result.stdout, result.stderr) : undefined;
        if (report !== undefined) return report;
        missing.push('stdout' in result ? result.stderr.trim() : result.missing);
      }
      return { missing: missing.join('; ') };
    },
  };
}

const readAsText = (path: string): Promise<string> => readFile(path, 'utf8');

/**
 * The engine may run on another machine or in a virtual one; then its process ids mean other processes here. A
 * container's own files are mounted under its full id by Docker and Podman, which tells its processes.
 */
async function whyNotHere({ pid, id }: ContainerDetails, readText: (path: string) => Promise<string>) {
  if (pid === 0) return 'the container has no process';
  try {
    const mounts = await readText(`/proc/${pid}/mountinfo`);
    return mounts.includes(id) ? undefined : 'its processes are not on this machine';
  } catch {
    return 'its processes cannot be seen from here';
  }
}

/** `nsenter` itself could not do it, or did not find the program (127). */
function refusedBy({ code, stderr, missing }: ProgramResult): NoTool | undefined {
  if (missing !== undefined) return { missing };
  const isRefusal = /^nsenter: /m.test(stderr) || code === 126 || code === 127;
  return isRefusal ? { missing: stderr.trim() } : undefined;
}

function readResolution({ stdout, stderr }: ProgramResult): Resolution {
  try {
    const { addresses, error } = JSON.parse(stdout) as { addresses: string[]; error: string };
    return { addresses: addresses.filter((address) => isIP(address) !== 0), error };
  } catch {
    return { addresses: [], error: stderr.trim() || 'the resolver gave no answer' };
  }
}
