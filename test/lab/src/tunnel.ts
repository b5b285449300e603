import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startService, untilReady } from './child.js';
import { inNamespace } from './namespace.js';
import type { LabRecord } from './record.js';
import type { Station, Switch } from './switch.js';
import { allDone } from './waiting.js';

const script = fileURLToPath(new URL('../scripts/relay.mjs', import.meta.url));

export interface TunnelEnds {
  /** TCP port on the machine's own loopback. */
  outside: number;
  wiring: Switch;
  stations: readonly Station[];
}

interface Relay {
  /** For its log. */
  name: string;
  listen: string;
  connect: string;
  /** The network namespace it runs in; none means the machine's own. */
  namespace?: string;
}

/**
 * Starts the relays of a way from every host to a port outside: one on each host's own loopback, over the host's
 * link to one on the switch, through a Unix socket (which knows no network namespace) to one outside. So a program
 * on a host dials plain loopback, and what it says travels over the link that can be cut.
 * @returns the address to dial on every host
 */
export async function openTunnel(record: LabRecord, ends: TunnelEnds, directory: string): Promise<string> {
  await startRelays(record, directory, ends.outside, relays(ends, directory));
  return `127.0.0.1:${ends.outside}`;
}

export interface PublishedPort {
  /** TCP port on the loopback of the switch, and on the machine's own. */
  port: number;
  wiring: Switch;
}

/** Starts the relays of a way from the machine's loopback to a port on the loopback of the switch. */
export async function publishPort(
  record: LabRecord,
  { port, wiring }: PublishedPort,
  directory: string,
): Promise<void> {
  const loopback = `tcp:127.0.0.1:${port}`;
  const socket = `unix:${join(directory, `published-${port}.sock`)}`;
  await startRelays(record, directory, port, [
    { name: 'published', listen: socket, connect: loopback, namespace: wiring.namespace },
    { name: 'machine', listen: loopback, connect: socket },
  ]);
}

async function startRelays(
  record: LabRecord,
  directory: string,
  port: number,
  wanted: readonly Relay[],
): Promise<void> {
  const starts = wanted.map(async ({ name, listen, connect, namespace }) => {
    const log = join(directory, `${port}-${name}.log`);
    const enter = namespace === undefined ? [] : inNamespace(namespace);
    const child = startService(record, [...enter, process.execPath, script, listen, connect], log);
    await untilReady(child, `The relay on ${listen} of ${name}`, log);
  });
  await allDone(starts);
}

function relays({ outside, wiring, stations }: TunnelEnds, directory: string): Relay[] {
  const loopback = `tcp:127.0.0.1:${outside}`;
  const onSwitch = `tcp:${wiring.address}:${outside}`;
  const socket = `unix:${join(directory, `${outside}.sock`)}`;
  return [
    { name: 'outside', listen: socket, connect: loopback },
    { name: 'switch', listen: onSwitch, connect: socket, namespace: wiring.namespace },
    ...stations.map(({ name, namespace }) => ({ name, listen: loopback, connect: onSwitch, namespace })),
  ];
}
