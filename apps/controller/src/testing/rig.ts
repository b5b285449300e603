import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ApiTokenRequest,
  type EventView,
  networkQuery,
  type NetworkView,
  type OperationView,
} from '@fairlead/api';
import { type Freshness } from '@fairlead/domain';
import { connectInProcess, type HostConnection, type Peer } from '@fairlead/link';
import { type Logger } from 'pino';
import { HostScope } from '../access/host-scope.js';
import { type Principal } from '../access/principal.js';
import { createId } from '../access/secret.js';
import { type Database, openDatabase } from '../database/index.js';
import { KEPT } from '../events/event-hub.js';
import { everything } from '../events/sight.js';
import { CertificateAuthority } from '../identity/certificate-authority.js';
import { ControllerIdentity } from '../identity/controller-identity.js';
import { createLogger, toLog } from '../log.js';
import { type Command } from '../operations/commands.js';
import { type Operation } from '../operations/operation.js';
import { type Accepted, type Idempotency } from '../operations/operations.service.js';
import { createRuntime, type Runtime, type RuntimeOptions } from '../runtime.js';
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

/** As whom an agent with a certificate counts. */
export type AgentPeer = Extract<Peer, { kind: 'agent' | 'controller' }>;

export interface RigOptions {
  /** Milliseconds since the epoch. Where certificates are to be shown over real TLS it has to be now. */
  readonly time?: number;
  /** Whether there is a certificate authority, so that hosts can join. */
  readonly ca?: boolean;
  readonly runtime?: Omit<RuntimeOptions, 'own' | 'keysDir'>;
  readonly logger?: Logger;
}

/** SubjectPublicKeyInfo of a new key, DER. */
export const aPublicKey = (): Buffer =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });

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
    /** Undefined unless asked for. */
    readonly ca: CertificateAuthority | undefined,
    private readonly options: RigOptions,
    private readonly discard: () => void,
  ) {}

  static start(options: RigOptions = {}): Promise<Rig> {
    const { path, remove } = temporaryFolder();
    return Rig.open(path, options.time ?? START, options, remove);
  }

  private static async open(folder: string, time: number, options: RigOptions, discard: () => void): Promise<Rig> {
    const database = await openDatabase(folder);
    const clock = { now: () => time };
    const now = (): number => clock.now();
    const logger = options.logger ?? createLogger('silent');
    const ca = options.ca === true ? await CertificateAuthority.open(join(folder, 'keys'), now) : undefined;
    const own = ca && (await ControllerIdentity.open(ca, toLog(logger)));
    const runtime = createRuntime(database, now, logger, { keysDir: join(folder, 'keys'), ...options.runtime, own });
    const rig = new Rig(folder, database, runtime, ca, options, discard);
    clock.now = () => rig.time;
    rig.time = time;
    rig.follow();
    await runtime.start();
    return rig;
  }

  /** Notes every event when it comes. */
  private follow(): void {
    const follower = this.runtime.events.follow(undefined, { sight: everything, wants: () => true });
    const read = (): void => {
      this.events.push(...follower.take(KEPT).map(({ view }) => view));
      follower.wait(read);
    };
    follower.wait(read);
  }

  /** Ends this controller and starts another on the same folder, `ms` later. */
  async restart(ms = 0): Promise<Rig> {
    await this.runtime.stop(0);
    await this.database.close();
    return Rig.open(this.folder, this.time + ms, this.options, this.discard);
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

  /** Joins a host of this name by a new token, and returns as whom its agent counts from then on. */
  async join(hostName: string, labels: Readonly<Record<string, string>> = {}): Promise<AgentPeer> {
    const { tokens, enrolment } = this.runtime.identities;
    const grant = { labels, hostName: null, maxUses: 1, lifeMs: 3_600_000 };
    const { token, text } = tokens.make(grant, ACTOR);
    await this.database.transaction([tokens.insertion(token)]);
    const application = { tokenId: text.id, secret: text.secret, hostName, publicKey: aPublicKey(), capability: 2 };
    await enrolment!.join(application, { kind: 'anonymous', address: '10.0.0.1' });
    return this.peerOf(hostName);
  }

  /** As whom the agent of a joined host counts with its newest certificate. */
  peerOf(hostName: string): AgentPeer {
    const { id, serial, notAfter } = this.runtime.identities.service.of(hostName)!;
    return { kind: 'agent', address: '10.0.0.1', clusterId: this.ca!.clusterId, id, serial, notAfter };
  }

  /**
   * Lets the agent attach, without waiting for its inventory.
   * @param identity of a joined host; without it the agent counts as a local one
   */
  async connect(
    agent: ScriptedAgent,
    instanceId = `instance-of-${agent.facts.name}`,
    identity?: AgentPeer,
  ): Promise<HostConnection> {
    const sessionId = `session-${++this.connections}`;
    const connection = await connectInProcess(agent.handlers, {
      instanceId,
      sessionId,
      now: () => this.time,
      ...(identity && { identity, peer: `${identity.address}:${40_000 + this.connections}` }),
    });
    try {
      await this.runtime.fleet.attach(connection);
    } catch (error) {
      connection.close('refused');
      throw error;
    }
    return connection;
  }

  /** Lets the agent attach; resolves when its host is live. */
  async attach(agent: ScriptedAgent, instanceId?: string, identity?: AgentPeer): Promise<HostConnection> {
    const connection = await this.connect(agent, instanceId, identity);
    await until(`${agent.facts.name} is live`, () => this.freshness(agent.facts.name) === 'live');
    return connection;
  }

  freshness(hostName: string): Freshness {
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
