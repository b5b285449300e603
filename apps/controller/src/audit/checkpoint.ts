import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { FairleadError } from '@fairlead/domain';
import { CaFolder } from '../identity/ca-folder.js';
import { canonical } from './chain.js';

/** A statement that the chain had `hash` at `seq`. */
export interface ChainStatement {
  readonly clusterId: string;
  readonly seq: number;
  /** Hexadecimal. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Checkpoint extends ChainStatement {
  /** Ed25519. */
  readonly signature: Buffer;
}

/** Keeps this from ever being taken for another signature. */
const DOMAIN = 'fairlead-audit-checkpoint/1\n';
const FILE = 'audit.key';

/** Signs checkpoints, and tells its own from others. The private key stays in here and in its file. */
export class CheckpointKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  private constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
  }

  /**
   * Reads the key of a folder, making folder and key where they are missing.
   * @throws FairleadError `storage_failed` where the file cannot be read or made, or holds no such key
   */
  static async open(keysDir: string): Promise<CheckpointKey> {
    const folder = await CaFolder.open(keysDir);
    const text = (await folder.read(FILE)) ?? (await make(folder));
    const key = parse(text);
    if (key !== undefined) return new CheckpointKey(key);
    throw new FairleadError('storage_failed', `${folder.pathOf(FILE)} is damaged, or not the key of an audit`, {
      hint:
        'Put the file back from a backup of the keys folder. Without one, move it aside: a new key is made, and ' +
        "'fairlead audit verify' tells of the checkpoints that the old one has signed.",
    });
  }

  /**
   * What checkpoints name their cluster by: a UUID that follows from the key, since a controller without joined hosts
   * has an audit, but no certificate authority.
   */
  get clusterId(): string {
    const spki = this.#publicKey.export({ type: 'spki', format: 'der' });
    const digits = createHash('sha256').update(spki).digest('hex');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  }

  sign(seq: number, hash: string, at: number): Checkpoint {
    const statement = { clusterId: this.clusterId, seq, hash, at };
    return { ...statement, signature: sign(null, textOf(statement), this.#privateKey) };
  }

  isSigned(checkpoint: Checkpoint): boolean {
    return verify(null, textOf(checkpoint), this.#publicKey, checkpoint.signature);
  }
}

const textOf = ({ clusterId, seq, hash, at }: ChainStatement): Buffer =>
  Buffer.from(DOMAIN + canonical({ clusterId, seq, hash, at }));

async function make(folder: CaFolder): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await folder.write(FILE, text);
  return text;
}

/** The error of the parser is left out on purpose: it has had the key in its hands. */
function parse(text: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(text);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
