import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiTokenRequest, type EventView, networkQuery, type NetworkView, type OperationView } from '@fairlead/api';
import { connectInProcess, type HostConnection } from '@fairlead/link';
import { HostScope } from '../access/host-scope.js';
import { type Principal } from '../access/principal.js';
import { createId } from '../access/secret.js';
import { type Database, openDatabase } from '../database/index.js';
import { everything } from '../events/sight.js';
import { createLogger } from '../log.js';
import { type Command } from '../operations/commands.js';
import { type Operation } from '../operations/operation.js';
import { type Accepted, type Idempotency } from '../operations/operations.service.js';
import { createRuntime, type Runtime } from '../runtime.js';
import { type ScriptedAgent } from './scripted-agent.js';

export const ACTOR = { name: 'local', client: 'test', peer: '127.0.0.1' };
/** Who makes the tokens of tests. */
const MAKER: Principal = {
  id: 'test',
  kind: 'token',
  by: 'header',
  name: 'test',
  role: 'admin',
  hosts: '',
  scope: HostScope.all,
  expiresAt: null,
};
const START = Date.parse('2026-11-24T09:30:00Z');

/** Looks again and again until the condition holds; fails with `what` where it never does. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`It never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-controller-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A controller's runtime on a real database in a folder of its own, with a clock that the test turns. */
export class Rig {
  /** Milliseconds since the epoch. */
  time = START;
  readonly events: EventView[] = [];
  private connections = 0;

  private constructor(
    readonly folder: string,
    readonly database: Database,
    readonly runtime: Runtime,
    private readonly discard: () => void,
  ) {}

  static start(): Promise<Rig> {
    const { path, remove } = temporaryFolder();
    return Rig.open(path, START, remove);
  }

  private static async open(folder: string, time: number, discard: () => void): Promise<Rig> {
    const database = await openDatabase(folder);
    const clock = { now: () => time };
    const runtime = createRuntime(database, () => clock.now(), createLogger('silent'));
    const rig = new Rig(folder, database, runtime, discard);
    clock.now = () => rig.time;
    rig.time = time;
    runtime.events.subscribe(undefined, '', everything, (event) => rig.events.push(event));
    await runtime.start();
    return rig;
  }

  /** Ends this controller and starts another on the same folder, `ms` later. */
  async restart(ms = 0): Promise<Rig> {
    await this.runtime.stop(0);
    await this.database.close();
    return Rig.open(this.folder, this.time + ms, this.discard);
  }

  async stop(withinMs = 100): Promise<void> {
    await this.runtime.stop(withinMs);
    await this.database.close();
    this.discard();
  }

  /** An API token, by its text. */
  async token(wish: Partial<ApiTokenRequest> = {}): Promise<string> {
    const name = `token-${createId()}`;
    const request = { name, role: 'admin' as const, hosts: '', ...wish };
    return (await this.runtime.access.tokens.create(request, MAKER, ACTOR)).token;
  }

  /** Lets the agent attach, without waiting for its inventory. */
  async connect(agent: ScriptedAgent, instanceId = `instance-of-${agent.facts.name}`): Promise<HostConnection> {
    const sessionId = `session-${++this.connections}`;
    const connection = await connectInProcess(agent.handlers, { instanceId, sessionId, now: () => this.time });
    try {
      await this.runtime.fleet.attach(connection);
    } catch (error) {
      connection.close('refused');
      throw error;
    }
    return connection;
  }

  /** Lets the agent attach; resolves when its host is live. */
  async attach(agent: ScriptedAgent, instanceId?: string): Promise<HostConnection> {
    const connection = await this.connect(agent, instanceId);
    await until(`${agent.facts.name} is live`, () => this.freshness(agent.facts.name) === 'live');
    return connection;
  }

  freshness(hostName: string): string {
    return this.runtime.fleet.statusOf(this.runtime.hosts.get(hostName, HostScope.all)).freshness;
  }

  /** Resolves when everything the agents have said by now is stored. */
  async settle(hostName: string): Promise<void> {
    await this.runtime.fleet.session(hostName)?.caughtUp();
  }

  async networks(query: object = {}): Promise<readonly NetworkView[]> {
    return (await this.runtime.networks.list(networkQuery.parse({ limit: 500, ...query }), HostScope.all)).items;
  }

  async names(hostName?: string): Promise<string[]> {
    return (await this.networks(hostName === undefined ? {} : { host: hostName })).map(({ name }) => name);
  }

  submit(prepare: () => Promise<Command>, idempotency?: Idempotency): Promise<Accepted> {
    return this.runtime.service.submit(prepare, ACTOR, idempotency);
  }

  /** Submits and waits for the end. */
  async carryOut(prepare: () => Promise<Command>, idempotency?: Idempotency): Promise<Operation> {
    return (await this.submit(prepare, idempotency)).finished;
  }

  stored(id: string): Promise<Operation> {
    return this.runtime.operations.get(id, undefined);
  }

  /** Resolves with the operation once it is settled. */
  async settled(id: string): Promise<Operation> {
    await until(`operation ${id} is settled`, async () => (await this.stored(id)).settled !== null);
    return this.stored(id);
  }

  auditOf(operationId: string) {
    return this.database.prisma.auditEntry.findMany({ where: { operationId }, orderBy: { seq: 'asc' } });
  }

  operationEvents(id: string): OperationView[] {
    return this.events.flatMap((event) =>
      event.type === 'operation.changed' && event.data.id === id ? event.data : [],
    );
  }
}
