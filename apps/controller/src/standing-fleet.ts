/**
 * A controller over a fleet that was written straight into its database and all of whose hosts count as live: for
 * measurements that need a large inventory and no agents.
 */
import { join } from 'node:path';
import { type Network } from '@fairlead/domain';
import { createId } from './access/secret.js';
import { HostScope } from './access/host-scope.js';
import { type Database, openDatabase } from './database/index.js';
import { NOTHING_SEEN, toColumns, UNKNOWN } from './hosts/host.columns.js';
import { createServer, listen } from './http/server.js';
import { toRows } from './inventory/inventory.rows.js';
import { insertion } from './inventory/inventory.statements.js';
import { createLogger } from './log.js';
import { createRuntime } from './runtime.js';

/** A host as it is to stand there. */
export interface StandingHost {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: readonly StandingNetwork[];
}

export interface StandingNetwork {
  readonly network: Network;
  readonly digest: string;
  /** Milliseconds since the epoch; null while there is a container on it. */
  readonly unusedSinceAt: number | null;
}

/** Hosts that are written in one transaction. */
const BATCH = 50;

/** Writes hosts into an empty data folder. */
export async function fillFleet(folder: string, hosts: Iterable<StandingHost>): Promise<void> {
  const database = await openDatabase(folder);
  try {
    let seq = 0;
    let batch: StandingHost[] = [];
    for (const host of hosts) {
      batch.push(host);
      if (batch.length < BATCH) continue;
      seq = await write(database, batch, seq);
      batch = [];
    }
    await write(database, batch, seq);
  } finally {
    await database.close();
  }
}

/** @returns the last key that was given */
async function write(database: Database, hosts: readonly StandingHost[], last: number): Promise<number> {
  const at = Date.now();
  let seq = last;
  const keyed = hosts.flatMap(({ name, networks }) =>
    networks.map(({ network, digest, unusedSinceAt }) => ({
      seq: (seq += 1),
      hostName: name,
      network: { ...network, digest },
      firstSeenAt: at,
      updatedAt: at,
      unusedSinceAt,
    })),
  );
  await database.prisma.host.createMany({ data: hosts.map((host) => hostRow(host, at)) });
  await database.transaction(insertion(toRows(keyed)));
  return seq;
}

const hostRow = ({ name, labels, networks }: StandingHost, at: number) => ({
  ...NOTHING_SEEN,
  ...toColumns({ ...UNKNOWN, name, labels, health: { state: 'up', reason: '' } }),
  name,
  labels: {},
  streamId: 'standing',
  synced: true,
  networkCount: networks.length,
  endpointCount: networks.reduce((sum, { network }) => sum + network.endpoints.length, 0),
  lastHeardAt: at,
  firstSeenAt: at,
  peer: 'standing',
});

export interface StandingController {
  readonly port: number;
  /** Of an administrator. */
  readonly token: string;
  stop(): Promise<void>;
}

/** Serves REST on the loopback. No host has a session; each is live all the same. */
export async function serveFleet(folder: string): Promise<StandingController> {
  const database = await openDatabase(folder);
  const logger = createLogger('silent');
  const runtime = createRuntime(database, Date.now, logger, { keysDir: join(folder, 'keys') });
  runtime.fleet.freshnessOf = () => 'live';
  const app = await createServer(runtime, Date.now, logger);
  await runtime.start();
  const port = await listen(app, 0);
  const maker = { id: 'bench', kind: 'token', by: 'header', name: 'bench', role: 'admin', hosts: '' } as const;
  const { token } = await runtime.access.tokens.create(
    { name: `bench-${createId()}`, role: 'admin', hosts: '' },
    { ...maker, scope: HostScope.all, expiresAt: null },
    { name: 'bench', client: 'bench', peer: '127.0.0.1' },
  );
  const stop = async (): Promise<void> => {
    await app.close();
    await runtime.stop(0);
    await database.close();
  };
  return { port, token, stop };
}
