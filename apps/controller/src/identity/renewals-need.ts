import { createHash } from 'node:crypto';
import { type StoredIdentity } from './identity.js';

/** What an agent is known to have: what it has shown, or has said to have installed since. */
export interface Held {
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/**
 * What an agent lacks. `trust`: the set of roots. `confirm`: nothing, but that is not written down. `install`: the
 * certificate that was issued last. `renew`: another certificate.
 */
export type Step = 'trust' | 'confirm' | 'install' | 'renew';

/** The authority as far as agents depend on it. */
export interface Roots {
  readonly active: string;
  /** Digests of all that are trusted. */
  readonly trusted: readonly string[];
}

export interface Situation {
  readonly identity: StoredIdentity;
  readonly held: Held;
  readonly roots: Roots;
  readonly now: number;
  /** When certificates of other roots than the active one are to be replaced, milliseconds since the epoch. */
  readonly leaveOldRootAt: number;
  readonly renewAt: number;
  /** What the agent has refused with the certificate that it has: there is no use in sending it again. */
  readonly refused: ReadonlySet<Step>;
}

/** Certificates are renewed between 40 and 60 % of their life. */
const MIDDLE = 0.5;
const JITTER = 0.1;

/** 0 (included) to 1 (excluded). */
export type RandomOf = (agentId: string) => number;

/** The same for the same agent, so that a restart moves nothing. */
export const randomOf: RandomOf = (agentId) => createHash('sha256').update(agentId).digest().readUInt32BE(0) / 2 ** 32;

/** When a certificate is to be renewed, milliseconds since the epoch. @param random of its agent */
export function renewalOf({ notBefore, notAfter }: StoredIdentity, random: number): number {
  return notBefore + (notAfter - notBefore) * (MIDDLE + JITTER * (2 * random - 1));
}

/** @returns the first thing that the agent lacks */
export function stepFor(situation: Situation): Step | undefined {
  const { identity, roots, refused } = situation;
  if (!sameSet(identity.trustedRoots, roots.trusted) && !refused.has('trust')) return 'trust';
  return certificateStep(situation);
}

function certificateStep({ identity, held, roots, now, leaveOldRootAt, renewAt, refused }: Situation) {
  const { confirmed, serial, rootDigest, keepInstance, notAfter } = identity;
  if (!confirmed && held.serial === serial) return 'confirm';
  const isOld = rootDigest !== roots.active;
  if (!confirmed && !isOld && notAfter > now && !refused.has('install')) return 'install';
  // A machine that was kept after a quarantine may have the key of this one still to come: it has to make yet another.
  if (keepInstance !== null && held.serial !== serial && !refused.has('install')) return 'install';
  if (!confirmed || keepInstance !== null) return 'renew';
  if (isOld && (now >= leaveOldRootAt || !roots.trusted.includes(rootDigest))) return 'renew';
  return now >= renewAt ? 'renew' : undefined;
}

export const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each));
