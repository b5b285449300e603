import { isIP } from 'node:net';
import type { PingReport } from './probe-tools.js';

const STATISTICS = /(\d+) packets transmitted, (\d+) (?:packets )?received/;
const REFUSED = /permission denied|not permitted|are you root|socktype/i;

/**
 * What `ping` of iputils or busybox has printed. Undefined where it did not get as far as to send anything and says so
 * for want of rights: then it is no tool.
 */
export function parsePing(stdout: string, stderr: string): PingReport | undefined {
  const statistics = STATISTICS.exec(stdout);
  if (statistics === null && REFUSED.test(stderr)) return undefined;
  const replies = stdout.split('\n').filter((line) => /time[=<]/.test(line) && !line.includes('DUP!'));
  const roundTripMs = replies.map((line) => Number(/time[=<] ?([\d.]+)/.exec(line)?.[1] ?? NaN));
  const received = Number(statistics?.[2] ?? 0);
  return {
    sent: Number(statistics?.[1] ?? 0),
    received,
    roundTripMs: roundTripMs.filter((ms) => !Number.isNaN(ms)).slice(0, received),
    error: received > 0 ? '' : wordsOf(stdout, stderr),
  };
}

/** Why nothing came back, in the tool's words. */
function wordsOf(stdout: string, stderr: string): string {
  const said = stderr.trim().split('\n')[0] ?? '';
  const unreachable = /^From .*?(Destination .*|Time to live exceeded.*)$/m.exec(stdout)?.[1];
  return said || unreachable?.trim() || 'no echo came back';
}

/** The address in ping's first line: `PING two (172.18.0.3) 56(84) bytes`, `PING two(two (fd00::3)) 56 data bytes`. */
export function parsePingHeader(stdout: string): string | undefined {
  const address = /^PING [^\n]*?\(([0-9A-Fa-f.:]+)\)/m.exec(stdout)?.[1];
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}

/** `getent hosts`: `172.18.0.3      two`, one line an address. */
export function parseGetent(stdout: string): string[] {
  return unique(stdout.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? ''));
}

/** `nslookup` of busybox and of bind: addresses after the first `Name:`, because before it stands the server's. */
export function parseNslookup(stdout: string): string[] {
  const start = stdout.search(/^Name:/m);
  if (start < 0) return [];
  const lines = stdout.slice(start).matchAll(/^Address(?: \d+)?:\s*([0-9A-Fa-f.:]+)/gm);
  return unique(Array.from(lines, ([, address = '']) => address));
}

const unique = (addresses: readonly string[]): string[] => [...new Set(addresses.filter((text) => isIP(text) !== 0))];
