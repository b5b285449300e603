import { isIP } from 'node:net';
import type { ExecutionResult } from '../port.js';
import { gatewayOf } from './pools.js';
import { holdsAddresses, refuse, type SimulatedContainerState, type World } from './world.js';

const answer = (exitCode: number, stdout: string, stderr = ''): ExecutionResult => ({ exitCode, stdout, stderr });

/** The tools that a container based on busybox would have for looking at its network. */
const TOOLS: Readonly<Record<string, (lookup: Lookup, args: readonly string[]) => ExecutionResult>> = {
  ping,
  getent,
  nslookup,
};

/** Runs `ping`, `getent hosts` or `nslookup` between simulated containers; any other program is not there (127). */
export function runTool(world: World, container: SimulatedContainerState, argv: readonly string[]): ExecutionResult {
  if (!holdsAddresses(container)) refuse('exec', container.name, 409, `container ${container.id} is not running`);
  const [program = '', ...args] = argv;
  const name = program.replace(/^.*\//, '');
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (tool) return tool(new Lookup(world, container), args);
  return answer(
    127,
    '',
    `OCI runtime exec failed: exec failed: exec: "${program}": executable file not found in $PATH`,
  );
}

/** What one container can resolve and reach, as its networks have it at the moment. */
class Lookup {
  constructor(
    private readonly world: World,
    private readonly from: SimulatedContainerState,
  ) {}

  /** The address of a name, or the address itself; undefined where it does not resolve. */
  resolve(target: string): string | undefined {
    if (isIP(target) !== 0) return target;
    if (target === 'localhost' || target === this.from.id.slice(0, 12)) return '127.0.0.1';
    for (const [network, { networkId }] of this.from.attachments) {
      // The default bridge has no names.
      if (network === 'bridge') continue;
      const found = this.neighbours(networkId).find(({ names }) => names.includes(target));
      if (found) return found.ipv4;
    }
    return undefined;
  }

  answers(address: string): boolean {
    if (address.startsWith('127.')) return true;
    return [...this.from.attachments.values()].some(({ networkId }) => {
      const subnets = this.world.networks.get(networkId)?.subnets ?? [];
      const isGateway = subnets.some((subnet) => gatewayOf(subnet) === address);
      return isGateway || this.neighbours(networkId).some(({ ipv4, ipv6 }) => ipv4 === address || ipv6 === address);
    });
  }

  private neighbours(networkId: string): { names: string[]; ipv4: string; ipv6: string }[] {
    return [...this.world.containers.values()].filter(holdsAddresses).flatMap((container) =>
      [...container.attachments.values()]
        .filter((at) => at.networkId === networkId)
        .map(({ asked, ipv4, ipv6 }) => ({
          names: [container.name, container.id.slice(0, 12), ...asked.aliases],
          ipv4,
          ipv6,
        })),
    );
  }
}

/** Options of busybox's ping that take a value in the next argument. */
const WITH_VALUE: ReadonlySet<string> = new Set(['-c', '-s', '-t', '-w', '-W', '-i', '-I', '-p']);

function ping(lookup: Lookup, args: readonly string[]): ExecutionResult {
  const target = args.findLast((arg, index) => !arg.startsWith('-') && !WITH_VALUE.has(args[index - 1] ?? ''));
  if (target === undefined) return answer(1, '', 'BusyBox v1.36.1 multi-call binary.\n\nUsage: ping [OPTIONS] HOST\n');
  const address = lookup.resolve(target);
  if (address === undefined) return answer(1, '', `ping: bad address '${target}'\n`);
  const sent = Number(/^[1-9]\d?$/.exec(args[args.indexOf('-c') + 1] ?? '')?.[0] ?? 4);
  return pingReport(target, address, sent, lookup.answers(address) ? sent : 0);
}

function pingReport(target: string, address: string, sent: number, received: number): ExecutionResult {
  const times = Array.from({ length: received }, (_, index) => 0.081 + index * 0.012);
  const replies = times.map((ms, seq) => `64 bytes from ${address}: seq=${seq} ttl=64 time=${ms.toFixed(3)} ms\n`);
  const loss = Math.round(((sent - received) / sent) * 100);
  const mean = times.reduce((sum, ms) => sum + ms, 0) / received;
  const trip = [times[0], mean, times.at(-1)].map((ms = 0) => ms.toFixed(3)).join('/');
  const lines = [
    `PING ${target} (${address}): 56 data bytes\n`,
    ...replies,
    `\n--- ${target} ping statistics ---\n`,
    `${sent} packets transmitted, ${received} packets received, ${loss}% packet loss\n`,
    received > 0 ? `round-trip min/avg/max = ${trip} ms\n` : '',
  ];
  return answer(received > 0 ? 0 : 1, lines.join(''));
}

function getent(lookup: Lookup, [database = '', name = '']: readonly string[]): ExecutionResult {
  const address = ['hosts', 'ahosts', 'ahostsv4'].includes(database) ? lookup.resolve(name) : undefined;
  return address === undefined ? answer(2, '') : answer(0, `${address.padEnd(15)} ${name}\n`);
}

function nslookup(lookup: Lookup, args: readonly string[]): ExecutionResult {
  const name = args.find((arg) => !arg.startsWith('-')) ?? '';
  const server = 'Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\n';
  const address = lookup.resolve(name);
  if (address === undefined) return answer(1, `${server}** server can't find ${name}: NXDOMAIN\n\n`);
  return answer(0, `${server}Non-authoritative answer:\nName:\t${name}\nAddress: ${address}\n\n`);
}
