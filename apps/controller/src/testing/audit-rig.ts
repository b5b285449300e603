import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditVerdictView } from '@fairlead/api';
import { connectInProcess, type HostConnection } from '@fairlead/link';
import { type Database, openDatabase } from '../database/index.js';
import { type FleetListener } from '../fleet/fleet.js';
import { type HostSession } from '../fleet/host-session.js';
import { ACTOR, temporaryFolder, until } from './rig.js';
import { ScriptedAgent } from './scripted-agent.js';
import { type AuditRecord, AuditStore } from '../audit/audit.store.js';
import { type Auditing, createAuditing } from '../audit/auditing.js';

/**
 * An audit on a real database in a folder of its own, with agents in this process as its witnesses. It begins with one
 * row and a checkpoint of it.
 */
export class AuditRig {
  /** Milliseconds since the epoch. */
  time = Date.parse('2026-11-25T09:30:00Z');
  readonly logged: string[] = [];
  readonly sessions = new Map<string, HostSession>();
  /** All hosts, connected or not. */
  readonly hosts = new Set<string>();
  database!: Database;
  audit!: AuditStore;
  auditing!: Auditing;
  private listeners: FleetListener[] = [];
  private written = 0;
  private readonly folder = temporaryFolder();

  static async start(): Promise<AuditRig> {
    const rig = new AuditRig();
    await rig.open();
    await rig.write(1);
    await rig.checkpoint();
    return rig;
  }

  get dataDir(): string {
    return join(this.folder.path, 'data');
  }

  get keysDir(): string {
    return join(this.folder.path, 'keys');
  }

  get file(): string {
    return join(this.dataDir, 'fairlead.db');
  }

  async open(): Promise<void> {
    this.database = await openDatabase(this.dataDir);
    this.audit = new AuditStore(this.database);
    this.listeners = [];
    this.auditing = createAuditing({
      database: this.database,
      audit: this.audit,
      fleet: { session: (name) => this.sessions.get(name), listen: (listener) => this.listeners.push(listener) },
      hostNames: () => [...this.hosts],
      keysDir: this.keysDir,
      now: () => this.time,
      log: (message, details) => this.logged.push(`${message} ${JSON.stringify(details)}`),
    });
    await this.auditing.start();
  }

  async close(): Promise<void> {
    await this.auditing.stop();
    await this.database.close();
  }

  /** Ends this controller, without a last checkpoint, and starts another. @param between what happens to the files */
  async restart(between: () => void = () => undefined): Promise<void> {
    await this.crash();
    between();
    await this.open();
    for (const name of this.sessions.keys()) this.listeners.forEach((each) => each.hostChanged?.(name));
  }

  private async crash(): Promise<void> {
    this.auditing.checkpoints.look = () => Promise.resolve();
    await this.auditing.stop();
    await this.database.close();
  }

  async stop(): Promise<void> {
    await this.close();
    this.folder.remove();
  }

  /** A copy of the database as it is. */
  async backUp(): Promise<void> {
    await this.restart(() => copyFileSync(this.file, `${this.folder.path}/backup.db`));
  }

  /** Puts the copy in the database's place. */
  restore(): void {
    for (const suffix of ['-wal', '-shm']) rmSync(this.file + suffix, { force: true });
    copyFileSync(`${this.folder.path}/backup.db`, this.file);
  }

  async attach(agent: ScriptedAgent): Promise<HostConnection> {
    const { name } = agent.facts;
    const ids = { instanceId: `instance-of-${name}`, sessionId: name };
    const connection = await connectInProcess(agent.handlers, { ...ids, now: () => this.time });
    this.hosts.add(name);
    this.sessions.set(name, { name, connection } as HostSession);
    this.listeners.forEach((each) => each.hostChanged?.(name));
    return connection;
  }

  /** An agent that keeps checkpoints, attached. */
  async witness(name: string): Promise<ScriptedAgent> {
    const agent = new ScriptedAgent(name, { capability: 2 });
    await this.attach(agent);
    return agent;
  }

  /** Writes so many rows, one transaction each; no two are the same. */
  async write(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await this.audit.commit(aRecord({ detail: { n: (this.written += 1) } }));
  }

  /** Signs where the audit stands; resolves when all witnesses have it. */
  async checkpoint(...witnesses: ScriptedAgent[]): Promise<void> {
    await this.auditing.checkpoints.look(true);
    const seq = this.auditing.checkpoints.newest?.seq ?? 0;
    await until('all witnesses have it', () => witnesses.every(({ kept }) => kept.has(seq)));
  }

  async sql(...statements: string[]): Promise<void> {
    for (const each of statements) await this.database.prisma.$executeRawUnsafe(each);
  }

  verify(): Promise<AuditVerdictView> {
    return this.auditing.verifier.verify();
  }

  /** `kind seq witness` of each fault. */
  async faults(): Promise<string[]> {
    const { faults } = await this.verify();
    return faults.map(({ kind, seq, witness }) => `${kind} ${seq}${witness === null ? '' : ` ${witness}`}`);
  }
}

export const aRecord = (overrides: Partial<AuditRecord> = {}): AuditRecord => ({
  at: 1,
  actor: ACTOR,
  action: 'host.label',
  hostName: 'web-1',
  target: {},
  operationId: null,
  outcome: 'done',
  detail: {},
  ...overrides,
});
