import { createHash, timingSafeEqual } from 'node:crypto';
import { type JoinTokenView } from '@fairlead/api';
import { toTimestamp } from '../clock.js';
import { type Prisma } from '../database/index.js';

/** A join token without its secret. Instants are milliseconds since the epoch. */
export interface StoredJoinToken {
  readonly id: string;
  /** SHA-256 of the secret's 32 bytes, hexadecimal. */
  readonly secretHash: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Null: good for any name that is free. */
  readonly hostName: string | null;
  /** The root that the token's text names, hexadecimal. */
  readonly rootDigest: string;
  readonly maxUses: number;
  readonly uses: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

export type JoinTokenState = JoinTokenView['state'];

export function stateOf({ revokedAt, uses, maxUses, expiresAt }: StoredJoinToken, now: number): JoinTokenState {
  if (revokedAt !== null) return 'revoked';
  if (uses >= maxUses) return 'used';
  return expiresAt <= now ? 'expired' : 'open';
}

/** @param secret base64url */
export const hashSecret = (secret: string): string =>
  createHash('sha256').update(Buffer.from(secret, 'base64url')).digest('hex');

const NOBODYS = hashSecret('');

/** Takes as long where there is no such token as where the secret is wrong. */
export function holdsSecret(token: StoredJoinToken | undefined, secret: string): boolean {
  const [given, wanted] = [hashSecret(secret), token?.secretHash ?? NOBODYS];
  return timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(wanted, 'hex')) && token !== undefined;
}

export const toStoredJoinToken = (row: Prisma.JoinTokenGetPayload<object>): StoredJoinToken => ({
  ...row,
  labels: row.labels as Record<string, string>,
  createdAt: Number(row.createdAt),
  expiresAt: Number(row.expiresAt),
  revokedAt: row.revokedAt === null ? null : Number(row.revokedAt),
});

export const toJoinTokenView = (token: StoredJoinToken, now: number): JoinTokenView => ({
  id: token.id,
  state: stateOf(token, now),
  labels: token.labels,
  host: token.hostName,
  maxUses: token.maxUses,
  uses: token.uses,
  createdAt: toTimestamp(token.createdAt),
  createdBy: token.createdBy,
  expiresAt: toTimestamp(token.expiresAt),
});
