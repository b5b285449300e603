import { canonicalNetwork, FairleadError, type Network } from '@fairlead/domain';
import { fromNetworkMessage, networkDigest, type PlanRestoreRequest__Output } from '@fairlead/link';
import { capNetwork } from '../inventory/limits.js';
import type { Removing } from '../journal/entries.js';
import type { Journal } from '../journal/journal.js';
import { sealOf } from '../journal/seal.js';
import type { RestoreSubject } from './subject.js';

/** What both methods of a restore are asked with. */
export type RestoreQuestion = Pick<PlanRestoreRequest__Output, 'networkId' | 'removedBy' | 'record'>;

/**
 * The record that a network is made again from: the journal's where it was removed from here and the journal still has
 * it, else the controller's.
 * @throws FairleadError `record_mismatch` where one of the two was altered, or they are not of one network;
 * `journal_failed`
 */
export async function findRecord(
  journal: Pick<Journal, 'findRemoval'>,
  question: RestoreQuestion,
): Promise<RestoreSubject> {
  const seen = seenByController(question);
  const { removedBy, networkId } = question;
  const entry = removedBy === '' ? undefined : await journal.findRemoval(removedBy, networkId);
  if (entry === undefined) return { network: seen, attachments: [], source: 'controller' };
  checkSeal(entry);
  if (!isOneNetwork(entry.network, seen)) throw mismatch(entry.network, 'the journal and the controller differ');
  return { network: entry.network, attachments: entry.attachments ?? [], source: 'journal' };
}

function seenByController({ networkId, record }: RestoreQuestion): Network {
  if (record === null) throw new FairleadError('invalid_argument', 'The network to restore is not described');
  const network = fromNetworkMessage(record);
  if (networkDigest(network) !== record.digest)
    throw mismatch(network, "the controller's record does not fit its digest");
  if (network.id !== networkId) throw mismatch(network, 'the record is that of another network');
  return network;
}

/** Lines of agents before 2026-11-30 have neither seal nor attachments; who has these has the seal too. */
function checkSeal({ network, attachments, seal }: Removing): void {
  const isEarlier = seal === undefined && attachments === undefined;
  if (isEarlier || seal === sealOf(network, attachments ?? [])) return;
  throw mismatch(network, 'its entry in the journal of this agent was altered');
}

/** The controller knows what is passed on of a network; who is on it may have changed since. */
const isOneNetwork = (journaled: Network, seen: Network): boolean =>
  canonicalNetwork(capNetwork({ ...journaled, endpoints: [] })) === canonicalNetwork({ ...seen, endpoints: [] });

const mismatch = ({ name }: Network, why: string): FairleadError =>
  new FairleadError('record_mismatch', `Network '${name}' was not restored: ${why}`, {
    hint: 'Nothing was done. Find out who changed the record; the network can be created from what is known of it.',
  });
