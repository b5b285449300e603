import type { Network } from '@fairlead/domain';
import { canonicalNetwork } from '@fairlead/domain';
import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** SHA-256 (hex) of the canonical form: the same for the same network, however the engine ordered its parts. */
export const networkDigest = (network: Network): string => sha256(canonicalNetwork(network));

/** SHA-256 (hex) over the sorted lines "id digest\n" of all networks of a host, as bookmarks and snapshots carry it. */
export function setDigest(entries: Iterable<readonly [id: string, digest: string]>): string {
  const lines = Array.from(entries, ([id, digest]) => `${id} ${digest}\n`);
  return sha256(lines.sort().join(''));
}
