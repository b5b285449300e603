import { randomUUID, type webcrypto, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { inspect } from 'node:util';
import { FairleadError } from '@fairlead/domain';
import { canonicalKey, type TlsIdentity } from '@fairlead/link';
import { type Clock, toTimestamp } from '../clock.js';
import { Mutex } from '../database/mutex.js';
// `import type`, not `type` within: what is left of the latter loads the module, and that is ten megabytes.
import type { Usage } from './ca-certificates.js';
import { type CaState, CaStore, digestOf, type Root } from './ca-store.js';

export { type Root } from './ca-store.js';

export interface IssuedCertificate {
  /** PEM: the certificate, then its root. */
  readonly certificateChain: string;
  /** Hexadecimal, lower case, as Node's X509Certificate gives it. */
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the root's DER, hexadecimal. */
  readonly rootDigest: string;
}

export interface AgentRequest {
  readonly agentId: string;
  /** SubjectPublicKeyInfo, DER; who asks has proven to have its private key. */
  readonly publicKey: Buffer;
  /** Whether the agent is dialled, and so is a server too. */
  readonly listening: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Clocks of hosts may be behind by that much; where certificates are short, by this part of their life. */
const BACKDATED_MS = HOUR_MS;
const BACKDATED_PART = 1 / 24;
const AGENT_LIFE_MS = DAY_MS;
const CONTROLLER_LIFE_MS = 7 * DAY_MS;
const ROOT_LIFE_MS = 3652 * DAY_MS;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The builder of certificates is loaded with the first one that is made: opening an authority does not need it. */
const builder = () => import('./ca-certificates.js');

/**
 * Issues the certificates of the cluster: every name in them is of its own making, and nothing but the public key
 * comes from outside.
 *
 * Invariants: the private keys of roots never leave this object, nor are they in any text of it; what `roots` shows is
 * on the disk; steps of a rotation take turns, and a step that failed has changed nothing or all.
 */
export class CertificateAuthority {
  #state: CaState;
  /** By digest, of roots that issue. */
  readonly #keys: Map<string, webcrypto.CryptoKey>;
  readonly #store: CaStore;
  readonly #now: Clock;
  readonly #agentLifeMs: number;
  readonly #turns = new Mutex();

  private constructor(
    store: CaStore,
    state: CaState,
    keys: Map<string, webcrypto.CryptoKey>,
    now: Clock,
    agentLifeMs: number,
  ) {
    this.#store = store;
    this.#state = state;
    this.#keys = keys;
    this.#now = now;
    this.#agentLifeMs = agentLifeMs;
  }

  /**
   * Opens the authority of a folder; where there is none, makes the cluster's id and its first root.
   * @param isNew false where hosts have joined already: an empty folder is then an error, and no new cluster
   * @param agentLifeMs how long the certificates of hosts are good
   * @throws FairleadError `storage_failed`: the folder or a file is damaged, missing, or may be read by others
   */
  static async open(
    keysDir: string,
    now: Clock,
    isNew = true,
    agentLifeMs = AGENT_LIFE_MS,
  ): Promise<CertificateAuthority> {
    // Nor is the folder made: the one that is missing is to be put in its place.
    if (!isNew && !existsSync(keysDir)) lost(keysDir);
    const store = await CaStore.open(keysDir);
    const state = (await store.load()) ?? (isNew ? await found(store, now) : lost(keysDir));
    await store.tidy(state);
    const keys = new Map<string, webcrypto.CryptoKey>();
    for (const root of state.roots) if (root.state === 'active') keys.set(root.digest, await store.key(root));
    return new CertificateAuthority(store, state, keys, now, agentLifeMs);
  }

  get clusterId(): string {
    return this.#state.clusterId;
  }

  /** All that are trusted. */
  roots(): readonly Root[] {
    return this.#state.roots;
  }

  get active(): Root {
    return this.#inState('active') ?? missing('active');
  }

  get prepared(): Root | undefined {
    return this.#inState('prepared');
  }

  /** The one that was active before, until it is retired. */
  get previous(): Root | undefined {
    return this.#inState('trusted');
  }

  /** PEM of all roots. */
  trustedRoots(): string {
    return this.#state.roots.map(({ certificate }) => certificate).join('');
  }

  /** What join tokens name the active root by: SHA-256, base64url. */
  tokenDigest(): string {
    return Buffer.from(this.active.digest, 'hex').toString('base64url');
  }

  /** @throws FairleadError `invalid_argument` for anything but one P-256 key */
  async issueAgent({ agentId, publicKey, listening }: AgentRequest): Promise<IssuedCertificate> {
    if (!UUID.test(agentId)) throw new FairleadError('internal', 'The id of the agent is not a UUID');
    const usages: readonly Usage[] = listening ? ['client', 'server'] : ['client'];
    return this.#issue(`agent/${agentId}`, canonicalKey(publicKey), usages, this.#agentLifeMs);
  }

  /** What a controller shows at its links for the next days. Its key is new each time, and nowhere but in the answer. */
  async issueController(): Promise<TlsIdentity & { readonly notAfter: number }> {
    const { publicKey, privateKey } = await (await builder()).makeKey();
    const issued = await this.#issue('controller', publicKey, ['client', 'server'], CONTROLLER_LIFE_MS);
    const { certificateChain, notAfter } = issued;
    return { certificateChain, privateKey, roots: this.trustedRoots(), notAfter };
  }

  /**
   * First step of a rotation: a new root, which is trusted and issues nothing yet. Takes the place of a prepared root
   * whose key is lost.
   * @throws FairleadError `already_exists` during a rotation
   */
  prepare(): Promise<Root> {
    return this.#turns.run(async () => {
      const { prepared, previous } = this;
      if (previous !== undefined) throw rotating(previous);
      if (prepared !== undefined && (await this.#hasKey(prepared))) throw rotating(prepared);
      const root = await stageRoot(this.#store, this.clusterId, this.#now());
      const others = this.#state.roots.filter(({ state }) => state !== 'prepared');
      const retired = [...this.#state.retired, ...(prepared === undefined ? [] : [prepared.digest])];
      await this.#become({ ...this.#state, roots: [...others, root], retired });
      return root;
    });
  }

  /**
   * Second step: from now on the prepared root issues.
   * @throws FairleadError `not_found` where none is prepared
   */
  activate(): Promise<Root> {
    return this.#turns.run(async () => {
      const { prepared } = this;
      if (prepared === undefined) throw notThere('There is no prepared root', 'Prepare one first: fairlead ca prepare');
      // A root without its key must not become the active one.
      await this.#store.tidy(this.#state);
      this.#keys.set(prepared.digest, await this.#store.key(prepared));
      const next = { prepared: 'active', active: 'trusted', trusted: 'trusted' } as const;
      await this.#become({
        ...this.#state,
        roots: this.#state.roots.map((root) => ({ ...root, state: next[root.state] })),
      });
      return this.active;
    });
  }

  /**
   * Last step: the root that was active before is trusted no longer, and its key is deleted.
   * @throws FairleadError `not_found` where there is none
   */
  retire(): Promise<void> {
    return this.#turns.run(async () => {
      const { previous } = this;
      if (previous === undefined) {
        throw notThere('There is no root to be retired', 'A root can be retired once another one is active.');
      }
      const roots = this.#state.roots.filter((root) => root !== previous);
      this.#keys.delete(previous.digest);
      await this.#become({ ...this.#state, roots, retired: [...this.#state.retired, previous.digest] });
    });
  }

  /** Says nothing of keys. */
  toJSON(): object {
    return { clusterId: this.clusterId, roots: this.#state.roots.map(({ digest, state }) => ({ digest, state })) };
  }

  toString(): string {
    return `CertificateAuthority ${JSON.stringify(this)}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #inState(wanted: Root['state']): Root | undefined {
    return this.#state.roots.find(({ state }) => state === wanted);
  }

  #hasKey(root: Root): Promise<boolean> {
    return this.#store.key(root).then(
      () => true,
      () => false,
    );
  }

  async #become(state: CaState): Promise<void> {
    await this.#store.save(state);
    this.#state = state;
    await this.#store.tidy(state);
  }

  async #issue(path: string, publicKey: Buffer, usages: readonly Usage[], lifeMs: number): Promise<IssuedCertificate> {
    const { certificate: root, digest: rootDigest } = this.active;
    const key = this.#keys.get(rootDigest) ?? missing('key of the active');
    const { notBefore, notAfter } = periodWithin(root, this.#now(), lifeMs);
    const uri = `spiffe://${this.clusterId}/${path}`;
    const leaf = await (await builder()).makeLeaf({ uri, publicKey, usages, notBefore, notAfter }, root, key);
    const serial = new X509Certificate(leaf).serialNumber.toLowerCase();
    return { certificateChain: leaf + root, serial, notBefore, notAfter, rootDigest };
  }
}

/** The first root of a new cluster. */
async function found(store: CaStore, now: Clock): Promise<CaState> {
  const clusterId = randomUUID();
  const root = await stageRoot(store, clusterId, now());
  const state: CaState = { clusterId, roots: [{ ...root, state: 'active' }], retired: [] };
  await store.save(state);
  return state;
}

async function stageRoot(store: CaStore, clusterId: string, at: number): Promise<Root> {
  const notBefore = wholeSeconds(at - BACKDATED_MS);
  const { makeRoot } = await builder();
  const { certificate, privateKey } = await makeRoot({
    commonName: `Fairlead root ${clusterId} ${toTimestamp(at)}`,
    notBefore,
    notAfter: notBefore + ROOT_LIFE_MS,
  });
  const digest = digestOf(certificate);
  await store.stage(digest, privateKey);
  return { digest, certificate, state: 'prepared', createdAt: at };
}

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** A leaf is never valid at a time when its root is not. */
function periodWithin(root: string, now: number, lifeMs: number): { notBefore: number; notAfter: number } {
  const { validFrom, validTo } = new X509Certificate(root);
  const backdatedMs = Math.min(BACKDATED_MS, lifeMs * BACKDATED_PART);
  const notBefore = Math.max(wholeSeconds(now - backdatedMs), Date.parse(validFrom));
  const notAfter = Math.min(wholeSeconds(now + lifeMs), Date.parse(validTo));
  if (notBefore <= now && now < notAfter) return { notBefore, notAfter };
  throw new FairleadError(
    'unsupported',
    `The root is good from ${validFrom} to ${validTo}, and here it is ${toTimestamp(now)}`,
    {
      hint: 'Compare the clock of this machine; where it is right, rotate the root: fairlead ca prepare.',
    },
  );
}

function lost(keysDir: string): never {
  throw new FairleadError('storage_failed', `Hosts have joined, but ${keysDir} holds no certificate authority`, {
    hint: 'Name the folder that this controller had before with --keys-dir, or put it back from a backup.',
  });
}

const rotating = ({ state, digest }: Root): FairleadError =>
  new FairleadError('already_exists', `A rotation is under way: root ${digest.slice(0, 16)} is ${state}`, {
    hint: `Finish it first: fairlead ca ${state === 'prepared' ? 'activate' : 'retire'}`,
  });

const notThere = (message: string, hint: string): FairleadError => new FairleadError('not_found', message, { hint });

function missing(what: string): never {
  throw new FairleadError('internal', `The ${what} root is missing`);
}
