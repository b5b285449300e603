import { createPrivateKey, createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import { FairleadError } from '@fairlead/domain';
import { z } from 'zod';
import { CaFolder } from './ca-folder.js';

const STATE = 'ca.json';
const KEY_FILE = /^root-[0-9a-f]{16}\.key$/;
/** Keys that no state may name yet, and files that were not finished. */
const DRAFT = /^(root-[0-9a-f]{16}\.key\.draft|(root-[0-9a-f]{16}\.key\.draft|ca\.json)\.new)$/;

/** A root of the cluster, without its key. */
export interface Root {
  /** SHA-256 of the certificate's DER, hexadecimal. */
  readonly digest: string;
  /** PEM */
  readonly certificate: string;
  /** `prepared`: trusted, issues nothing yet. `active`: issues. `trusted`: issued before. */
  readonly state: 'prepared' | 'active' | 'trusted';
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What the state file says. */
export interface CaState {
  readonly clusterId: string;
  /** Exactly one is active, at most one prepared, at most one trusted. */
  readonly roots: readonly Root[];
  /** Digests of roots that nobody trusts any more; their keys are deleted. */
  readonly retired: readonly string[];
}

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const rootRow = z.strictObject({
  digest,
  state: z.enum(['prepared', 'active', 'trusted']),
  createdAt: z.int().nonnegative(),
  certificate: z.string(),
});
const stateFile = z.strictObject({
  version: z.literal(1),
  clusterId: z.uuid(),
  roots: z.array(rootRow),
  retired: z.array(digest),
});

/**
 * The authority on the disk: `ca.json` says which roots there are, and each root that issues, or will, has its key in
 * a file of its own.
 *
 * Invariants: a key is on the disk, as a draft, before the state names its root, and loses its name only after the
 * state has stopped to name it; so whatever step a crash falls into, `load` finds all that the state needs, and
 * `tidy` finishes what was begun. A key file that the state does not know of is never deleted unless its root was retired.
 */
export class CaStore {
  private constructor(private readonly folder: CaFolder) {}

  /** @throws FairleadError `storage_failed` */
  static async open(path: string): Promise<CaStore> {
    return new CaStore(await CaFolder.open(path));
  }

  /**
   * @returns undefined where there is no authority yet
   * @throws FairleadError `storage_failed` where the state is damaged, or missing while there are keys
   */
  async load(): Promise<CaState | undefined> {
    const text = await this.folder.read(STATE);
    if (text !== undefined) return this.parse(text);
    const keys = (await this.folder.names()).filter((name) => KEY_FILE.test(name));
    if (keys.length === 0) return undefined;
    throw new FairleadError('storage_failed', `${this.folder.pathOf(STATE)} is missing, but there are keys of roots`, {
      hint:
        'Put the file back from a backup of the keys folder. Without one, move the folder aside: a new cluster is ' +
        'made, which every host has to join anew.',
    });
  }

  async save({ clusterId, roots, retired }: CaState): Promise<void> {
    await this.folder.write(STATE, `${JSON.stringify({ version: 1, clusterId, roots, retired }, undefined, 2)}\n`);
  }

  /** Keeps the key of a root that the state does not name yet. @param privateKey PKCS#8, PEM */
  async stage(rootDigest: string, privateKey: string): Promise<void> {
    await this.folder.write(draftOf(rootDigest), privateKey);
  }

  /** Gives staged keys of this state their names, and removes what no state needs. */
  async tidy({ roots, retired }: CaState): Promise<void> {
    const names = await this.folder.names();
    for (const root of roots) {
      if (names.includes(draftOf(root.digest))) await this.folder.rename(draftOf(root.digest), keyOf(root.digest));
    }
    const ended = new Set(retired.map(keyOf));
    const wanted = new Set(roots.map((root) => draftOf(root.digest)));
    for (const name of names) {
      if (ended.has(name) || (DRAFT.test(name) && !wanted.has(name))) await this.folder.remove(name);
    }
  }

  /**
   * The key of a root, which cannot be taken out of the object again.
   * @throws FairleadError `storage_failed` where it is missing, damaged, of another root, or readable for others
   */
  async key({ digest: rootDigest, certificate, state }: Root): Promise<webcrypto.CryptoKey> {
    const path = this.folder.pathOf(keyOf(rootDigest));
    const text = await this.folder.read(keyOf(rootDigest));
    const otherwise =
      state === 'prepared'
        ? 'prepare another root: fairlead ca prepare'
        : `move the folder ${this.folder.path} aside, and let every host join the new cluster`;
    const hint = `Put the file back from a backup of the keys folder. Without one, ${otherwise}.`;
    if (text === undefined) {
      throw new FairleadError('storage_failed', `The key of the ${state} root, ${path}, is missing`, { hint });
    }
    const pkcs8 = keyFor(certificate, text);
    // The error of the parser is left out on purpose: it has had the key in its hands.
    if (pkcs8 === undefined) {
      throw new FairleadError('storage_failed', `${path} is damaged, or not the key of its root`, { hint });
    }
    return webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  }

  private parse(text: string): CaState {
    try {
      const { clusterId, roots, retired } = stateFile.parse(JSON.parse(text));
      const count = (state: Root['state']): number => roots.filter((root) => root.state === state).length;
      const sound = count('active') === 1 && count('prepared') <= 1 && count('trusted') <= 1;
      if (sound && roots.every((root) => digestOf(root.certificate) === root.digest)) {
        return { clusterId, roots, retired };
      }
    } catch {
      // Said below, whatever it is.
    }
    throw new FairleadError('storage_failed', `${this.folder.pathOf(STATE)} is damaged`, {
      hint: 'Put it back from a backup of the keys folder. Nothing was changed.',
    });
  }
}

const keyOf = (rootDigest: string): string => `root-${rootDigest.slice(0, 16)}.key`;
const draftOf = (rootDigest: string): string => `${keyOf(rootDigest)}.draft`;

/** SHA-256 of the DER of a certificate in PEM form, hexadecimal. */
export const digestOf = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();

/** PKCS#8, DER; undefined where the text is not the key of this certificate. */
function keyFor(certificate: string, text: string): Buffer | undefined {
  try {
    const key = createPrivateKey(text);
    const spki = (from: typeof key): Buffer => from.export({ type: 'spki', format: 'der' });
    if (!spki(createPublicKey(key)).equals(spki(new X509Certificate(certificate).publicKey))) return undefined;
    return key.export({ type: 'pkcs8', format: 'der' });
  } catch {
    return undefined;
  }
}
