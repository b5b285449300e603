import type { Socket } from 'node:net';
import { FairleadError, type JoinToken, toFairleadError } from '@fairlead/domain';
import { type Enrolled, isWrongPeer, joinController, recoverIdentity } from '@fairlead/link';
import { pause } from '../concurrency/pause.js';
import type { Timing } from '../concurrency/timing.js';
import type { Log } from '../log.js';
import { identityPath } from './identity-file.js';
import type { IdentityStore } from './identity-store.js';

/** How a controller is reached for Join and Recover: dialled, or waited for at a listening address. */
export interface Way {
  /** For people. */
  readonly address: string;
  readonly openSocket: () => Promise<Socket>;
  /** Whether whoever comes may be anybody: then only what a proven controller says is final. */
  readonly anybodyCanCome: boolean;
}

export interface EnrolmentParts {
  readonly store: IdentityStore;
  readonly folder: string;
  readonly way: Way;
  readonly log: Log;
  readonly timing: Timing;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly join?: typeof joinController;
  readonly recover?: typeof recoverIdentity;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Between two attempts where only a person can help. */
const REFUSED_WAIT_MS = 300_000;

/**
 * Joins with a token, again and again while the controller cannot be reached; always with the same key, so that an
 * answer that was lost is given again.
 * @throws FairleadError what trying again does not help: `token_refused`, a controller that is another one, …; also
 * `deadline_exceeded` when `signal` aborts
 */
export async function join(parts: EnrolmentParts, token: JoinToken, hostName: string): Promise<void> {
  const { store, way, log, now, join: ask = joinController } = parts;
  const privateKey = await store.pendingKey();
  log.info('Joining', { controller: way.address, host: hostName, token: token.id });
  const enrolled = await untilAnswered(parts, () =>
    ask({ openSocket: way.openSocket, address: way.address, token, hostName, privateKey, now }),
  );
  await store.enrol(enrolled);
  log.info('Joined', { cluster: enrolled.clusterId, agent: enrolled.agentId, host: enrolled.hostName });
}

async function untilAnswered(parts: EnrolmentParts, ask: () => Promise<Enrolled>): Promise<Enrolled> {
  for (let attempt = 0; ; attempt += 1) {
    if (parts.signal.aborted) throw stopped();
    try {
      return await unlessAborted(parts.signal, ask());
    } catch (thrown) {
      const error = toFairleadError(thrown);
      if (parts.signal.aborted || isFinal(error, parts.way)) throw error;
      const waitMs = waitOf(attempt, parts);
      parts.log.warn(`Not joined yet: ${error.message}`, { hint: error.hint, nextAttemptInMs: waitMs });
      await pause(parts.timing, waitMs, parts.signal);
    }
  }
}

/** Said by a controller that has shown the root which the token names. */
const BY_CONTROLLER: ReadonlySet<string> = new Set(['token_refused', 'already_exists', 'unsupported']);

const isFinal = (error: FairleadError, { anybodyCanCome }: Way): boolean =>
  anybodyCanCome ? BY_CONTROLLER.has(error.code) : error.traits.retry === 'never' || isWrongPeer(error);

/**
 * Gets a new certificate for an identity whose own has expired. Which of our keys the controller has registered is not
 * known after a lost answer, so that each is tried.
 * @throws FairleadError the controller's refusal, after a long pause and with what to do about it in the log
 */
export async function recover(parts: EnrolmentParts): Promise<void> {
  const { store, log, way } = parts;
  const { identity } = store;
  if (identity === undefined) throw new FairleadError('unsupported', 'There is no identity to recover');
  log.info("The host's certificate has expired; asking for a new one", { controller: way.address });
  try {
    await store.enrol(await askWithEachKey(parts, [identity.privateKey, ...store.pending]));
    log.info('The host has a new certificate', { controller: way.address });
  } catch (thrown) {
    const error = toFairleadError(thrown);
    const advice = adviceFor(error, parts);
    log.warn(`No new certificate: ${error.message}`, { hint: advice ?? error.hint });
    if (advice !== undefined) await pause(parts.timing, REFUSED_WAIT_MS, parts.signal);
    throw error;
  }
}

async function askWithEachKey(parts: EnrolmentParts, keys: readonly string[]): Promise<Enrolled> {
  const { store, way, signal, recover: ask = recoverIdentity } = parts;
  const { agentId, clusterId, roots } = store.identity as NonNullable<IdentityStore['identity']>;
  const place = { openSocket: way.openSocket, address: way.address, agentId, clusterId, roots };
  let refused: unknown;
  for (const registeredKey of keys) {
    try {
      const newKey = await store.successorOf(registeredKey);
      return await unlessAborted(signal, ask({ ...place, registeredKey, newKey }));
    } catch (error) {
      if (toFairleadError(error).code !== 'identity_refused') throw error;
      refused = error;
    }
  }
  throw refused;
}

/** What a person can do; undefined where time helps. */
function adviceFor({ code }: FairleadError, { folder }: EnrolmentParts): string | undefined {
  if (code === 'host_quarantined') {
    return "Two machines use this host's identity. On the controller, 'fairlead host inspect' shows both, and 'fairlead host resolve' says which one stays.";
  }
  if (code !== 'identity_refused') return undefined;
  return (
    'The host was revoked or removed, or has been away for too long. To join anew, stop this agent, remove ' +
    `${identityPath(folder)}, make a token with 'fairlead host join-token create' on the controller, and start the agent as that says.`
  );
}

/** Where somebody else dials, the next one who comes decides when; a short pause keeps a stranger from keeping us busy. */
function waitOf(attempt: number, { way, timing }: EnrolmentParts): number {
  if (way.anybodyCanCome) return FIRST_WAIT_MS;
  const spread = 0.75 + timing.random() / 2;
  return Math.round(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)) * spread);
}

const stopped = (): FairleadError =>
  new FairleadError('deadline_exceeded', 'The agent was stopped before it had joined');

async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let end = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(stopped());
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
