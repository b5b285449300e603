import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';
import { canonical } from './chain.js';

/** A statement that the chain had `hash` at `seq`. */
export interface Statement {
  readonly clusterId: string;
  readonly seq: number;
  /** Hexadecimal. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Checkpoint extends Statement {
  /** Ed25519. */
  readonly signature: Buffer;
}

/** Keeps this from ever being taken for another signature. */
const DOMAIN = 'fairlead-audit-checkpoint/1\n';
const FILE = 'audit.key';

/** Signs checkpoints, and tells its own from others. The private key stays in here and in its file. */
export class CheckpointKey {
  private readonly publicKey: KeyObject;

  private constructor(private readonly privateKey: KeyObject) {
    this.publicKey = createPublicKey(privateKey);
  }

  /**
   * Reads the key of a folder, making folder and key where they are missing.
   * @throws FairleadError `storage_failed` where the file cannot be read or made, or holds no such key
   */
  static async open(keysDir: string): Promise<CheckpointKey> {
    const file = join(keysDir, FILE);
    try {
      const key = createPrivateKey((await read(file)) ?? (await make(keysDir, file)));
      if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is not an Ed25519 key');
      return new CheckpointKey(key);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new FairleadError(
        'storage_failed',
        `The key of the audit's checkpoints, ${file}, cannot be used: ${reason}`,
        {
          hint: 'Put the file back from a backup of the keys folder. Without one, move it aside: a new key is made, and verifying reports the signatures of the old one.',
          cause,
        },
      );
    }
  }

  sign(statement: Statement): Checkpoint {
    return { ...statement, signature: sign(null, textOf(statement), this.privateKey) };
  }

  isSigned(checkpoint: Checkpoint): boolean {
    return verify(null, textOf(checkpoint), this.publicKey, checkpoint.signature);
  }
}

const textOf = ({ clusterId, seq, hash, at }: Statement): Buffer =>
  Buffer.from(DOMAIN + canonical({ clusterId, seq, hash, at }));

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file is whole on the disk before it has its name, and never takes the place of another. */
async function make(keysDir: string, file: string): Promise<string> {
  await mkdir(keysDir, { recursive: true, mode: 0o700 });
  const text = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const draft = `${file}.${process.pid}`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(draft, 0o600);
  await link(draft, file);
  await unlink(draft);
  await syncFolder(keysDir);
  return text;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
