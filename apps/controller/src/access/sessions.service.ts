import { type WhoamiView } from '@fairlead/api';
import { type AuditRecord } from '../audit/audit.store.js';
import { type Clock, toTimestamp } from '../clock.js';
import { type Actor } from '../operations/operation.js';
import { type Principal } from './principal.js';
import { createCredential, digestOf } from './secret.js';
import { type SessionsStore, type StoredSession } from './sessions.store.js';

/** A working day and a half, in milliseconds. */
export const SESSION_MS = 12 * 60 * 60_000;

/** A session that has begun, with the text that stands for it: shown this once. */
export interface StartedSession {
  readonly text: string;
  readonly view: WhoamiView;
  readonly expiresAt: number;
}

type Person = Pick<StoredSession, 'kind' | 'issuer' | 'subject' | 'name' | 'role' | 'hosts'>;

/** Sessions of people who have signed in. */
export class SessionsService {
  constructor(
    private readonly store: SessionsStore,
    private readonly now: Clock,
  ) {}

  async start(person: Person, { client, peer }: Actor): Promise<StartedSession> {
    const { id, secret, text } = createCredential('fls1');
    const at = this.now();
    const session: StoredSession = {
      ...person,
      id,
      secretHash: digestOf(secret),
      createdAt: at,
      expiresAt: at + SESSION_MS,
      lastUsedAt: null,
      endedAt: null,
    };
    const { kind, role, hosts, name, expiresAt } = session;
    const actor = { name, client, peer };
    await this.store.add(session, this.record('session.begin', session.id, actor, { kind, role, hosts }));
    return { text, view: { name, kind: 'session', role, hosts, expiresAt: toTimestamp(expiresAt) }, expiresAt };
  }

  async end({ id }: Principal, actor: Actor): Promise<void> {
    await this.store.end(id, this.now(), this.record('session.end', id, actor, {}));
  }

  private record(action: string, session: string, actor: Actor, detail: AuditRecord['detail']): AuditRecord {
    const about = { hostName: null, target: { session }, operationId: null };
    return { at: this.now(), actor, action, ...about, outcome: 'done', detail };
  }
}
