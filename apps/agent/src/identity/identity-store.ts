import { createPrivateKey } from 'node:crypto';
import { FairleadError } from '@fairlead/domain';
import { createKey, type Enrolled, type TlsIdentity } from '@fairlead/link';
import { checkOwn, digestOf, endOf, isIssuedBy, readCertificates, readRoots, serialOf } from './certificates.js';
import {
  damaged,
  fileSteps,
  type Identity,
  identityPath,
  readIdentity,
  type StoredIdentity,
  writeIdentity,
  type WriteSteps,
} from './identity-file.js';

export interface StoreOptions {
  readonly folder: string;
  readonly steps?: WriteSteps;
  /** PKCS#8, PEM. */
  readonly makeKey?: () => string;
}

/** Of keys without a certificate, this many are kept: a lost answer needs one, a recovery after it a second. */
const MAX_PENDING = 3;

/**
 * The identity of this agent on its host.
 *
 * Invariants
 * - What is in memory is on the disk. A key is on the disk before its public half leaves this process, and stays there
 *   until another key's certificate is.
 * - Key and certificate change places in one step, so that the one always fits the other.
 * - The root of the own certificate is always among the trusted ones.
 * - One change at a time.
 */
export class IdentityStore {
  private turn: Promise<unknown> = Promise.resolve();
  private readonly listeners: (() => void)[] = [];

  private constructor(
    private readonly options: Required<StoreOptions>,
    private stored: StoredIdentity,
  ) {}

  /** @throws FairleadError `forbidden` where others can read it, `invalid_argument` where it is damaged */
  static async open(given: StoreOptions): Promise<IdentityStore> {
    const options = { steps: fileSteps, makeKey: createKey, ...given };
    const stored = await readIdentity(options.folder);
    checkStored(options.folder, stored);
    return new IdentityStore(options, stored);
  }

  get identity(): Identity | undefined {
    return this.stored.identity;
  }

  /** What the link shows and trusts from now on. @throws FairleadError `unsupported` before this agent has joined */
  get tls(): TlsIdentity {
    const { certificateChain, privateKey, roots } = this.present();
    return { certificateChain, privateKey, roots };
  }

  /** Keys that a controller may have registered without our having the certificate, newest first. */
  get pending(): readonly string[] {
    return [...this.stored.pending].reverse();
  }

  /** When the present certificate ends, in milliseconds since the epoch; undefined without one. */
  get endsAt(): number | undefined {
    const chain = this.stored.identity?.certificateChain;
    const leaf = chain === undefined ? undefined : readCertificates(chain, 'The certificate chain')[0];
    return leaf && endOf(leaf);
  }

  /** SHA-256 of each trusted root, hexadecimal; none before this agent has joined. */
  rootDigests(): string[] {
    return this.stored.identity === undefined ? [] : readRoots(this.stored.identity.roots).map(digestOf);
  }

  /** The key to ask a certificate for: the same until one is installed. @throws FairleadError `journal_failed` */
  pendingKey(): Promise<string> {
    return this.change(async () => this.pending[0] ?? (await this.addKey()));
  }

  /**
   * The key to follow `key`, which may have been asked for before: no key is dropped for a further one, since the
   * controller may have registered any of them. @throws FairleadError `journal_failed`
   */
  successorOf(key: string): Promise<string> {
    return this.change(async () => {
      const keys = this.keys();
      const next = keys[keys.indexOf(key) + 1];
      if (next !== undefined) return next;
      return this.stored.pending.length < MAX_PENDING ? this.addKey() : key;
    });
  }

  /** Tells of each change from now on. */
  watch(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Takes what a controller answered to Join or Recover. @throws FairleadError `invalid_argument`, `journal_failed` */
  enrol({ clusterId, agentId, hostName, certificateChain, roots }: Enrolled): Promise<void> {
    return this.change(async () => {
      const name = { clusterId, agentId };
      const { privateKey } = checkOwn(certificateChain, readRoots(roots), this.keys(), name);
      await this.write({ v: 1, identity: { ...name, hostName, privateKey, certificateChain, roots }, pending: [] });
    });
  }

  /**
   * Puts a certificate for a key of ours in the place of the present one.
   * @param roots all roots to trust from now on; empty: those of now
   * @returns its serial number
   * @throws FairleadError `invalid_argument`, `unsupported`, `journal_failed`
   */
  install(certificateChain: string, roots: string): Promise<string> {
    return this.change(async () => {
      const identity = this.present();
      const trusted = roots === '' ? identity.roots : roots;
      const { leaf, privateKey } = checkOwn(certificateChain, readRoots(trusted), this.keys(), identity);
      const next = { ...identity, privateKey, certificateChain, roots: trusted };
      const isNews = JSON.stringify(next) !== JSON.stringify(identity);
      // A repeated answer for the present key must not cost the key of the next one.
      const pending = privateKey === identity.privateKey ? this.stored.pending : [];
      if (isNews) await this.write({ v: 1, identity: next, pending });
      return serialOf(leaf);
    });
  }

  /**
   * Trusts these roots and no others.
   * @returns their digests
   * @throws FairleadError `invalid_argument` where the root of the own certificate is not among them; `unsupported`
   */
  trust(roots: string): Promise<string[]> {
    return this.change(async () => {
      const identity = this.present();
      const read = readRoots(roots);
      const [leaf] = readCertificates(identity.certificateChain, 'The certificate chain');
      if (!read.some((root) => leaf && isIssuedBy(leaf, root))) throw losesOwnRoot();
      if (roots !== identity.roots) await this.write({ ...this.stored, identity: { ...identity, roots } });
      return read.map(digestOf);
    });
  }

  private present(): Identity {
    const { identity } = this.stored;
    if (identity !== undefined) return identity;
    throw new FairleadError('unsupported', 'This agent has no identity: it has not joined yet');
  }

  private keys(): string[] {
    const { identity, pending } = this.stored;
    return identity === undefined ? [...pending] : [identity.privateKey, ...pending];
  }

  private async addKey(): Promise<string> {
    const key = this.options.makeKey();
    await this.write({ ...this.stored, pending: [...this.stored.pending, key] });
    return key;
  }

  private async write(stored: StoredIdentity): Promise<void> {
    await writeIdentity(this.options.folder, stored, this.options.steps);
    this.stored = stored;
    for (const listener of this.listeners) listener();
  }

  private change<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(act);
    this.turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Finds at the start what would else show as a link that never comes up. */
function checkStored(folder: string, { identity, pending }: StoredIdentity): void {
  try {
    for (const key of pending) createPrivateKey(key);
    if (identity !== undefined) {
      checkOwn(identity.certificateChain, readRoots(identity.roots), [identity.privateKey], identity);
    }
  } catch (cause) {
    throw damaged(identityPath(folder), cause);
  }
}

const losesOwnRoot = (): FairleadError =>
  new FairleadError('invalid_argument', "The root of this agent's own certificate is not among the roots to trust", {
    hint: 'Give the agent a certificate under the new root first.',
  });
