import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { type Database } from '../database/index.js';

/** What a place holds that nobody but its owner may know. */
export interface Leak {
  readonly place: string;
  /** What kind of secret, never the secret. */
  readonly secret: string;
}

/** Collects everything that a controller says and stores, and looks for secrets in it. */
export class SecretWatch {
  /** Every line of the log, of every level. */
  readonly lines: string[] = [];
  readonly logger: Logger;
  private readonly secrets = new Map<string, string>();

  constructor() {
    const write = (chunk: Buffer, _: string, done: () => void): void => {
      this.lines.push(chunk.toString());
      done();
    };
    this.logger = pino({ level: 'trace', base: null }, new Writable({ write }));
  }

  get known(): number {
    return this.secrets.size;
  }

  /**
   * Remembers a secret in all the ways in which it could be written down.
   * @param secret a token (its part after the last dot), or the private key of a PEM text (each line of it)
   */
  know(kind: string, secret: string): void {
    const parts = secret.includes('-----')
      ? secret.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))
      : [secret.split('.').at(-1)!.trim()];
    for (const part of parts) {
      if (part.length < 20) throw new Error(`A secret of ${part.length} characters would be found by chance`);
      const bytes = Buffer.from(part, part.includes('+') || part.includes('/') ? 'base64' : 'base64url');
      const forms = [part, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')];
      for (const form of [...forms, Buffer.from(part).toString('base64').slice(0, -4)]) this.secrets.set(form, kind);
    }
  }

  /** What of it stands in a text. */
  find(place: string, text: string): Leak[] {
    return [...this.secrets].flatMap(([secret, kind]) => (text.includes(secret) ? [{ place, secret: kind }] : []));
  }

  /** What of it stands in the log, or in any table of the database. */
  async leaks(database: Database): Promise<Leak[]> {
    const { prisma } = database;
    const tables = await prisma.$queryRaw<{ name: string }[]>`SELECT name FROM sqlite_master WHERE type = 'table'`;
    const found = this.find('the log', this.lines.join(''));
    for (const { name } of tables) {
      const rows = await prisma.$queryRawUnsafe(`SELECT * FROM "${name}"`);
      found.push(
        ...this.find(
          name,
          JSON.stringify(rows, (_, value: unknown) => readable(value)),
        ),
      );
    }
    return found;
  }
}

const readable = (value: unknown): unknown =>
  typeof value === 'bigint'
    ? value.toString()
    : value instanceof Uint8Array
      ? Buffer.from(value).toString('latin1')
      : value;
