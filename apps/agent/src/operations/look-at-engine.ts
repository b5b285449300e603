import { FairleadError, type Network, type NetworkAttributes, shortId } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import type { Methods, PruneItemResult__Output } from '@fairlead/link';
import { isAttached, leftBehind } from '../handlers/looks.js';
import { kept, notUndone, removed, undone } from '../handlers/prune-results.js';
import type { OperationRecord } from '../journal/entries.js';
import type { Journal } from '../journal/journal.js';
import { findRecord } from '../restore/find-record.js';
import { lookAhead } from '../restore/restore-record.js';
import { isSameNetwork } from '../restore/same-network.js';
import type { CommandMethod } from './operation-runner.js';

/** What the engine's present state says of an operation whose end nobody saw. */
export interface Verdict {
  readonly applied: boolean;
  /** How it is known, as a sentence. */
  readonly explanation: string;
  readonly items: readonly PruneItemResult__Output[];
}

/** What the journal has of it; undefined where the journal was lost. */
type Known = OperationRecord | undefined;
type Request<M extends CommandMethod> = Methods[M]['requestOut'];
/** Where records of removed networks are. */
type Records = Pick<Journal, 'findRemoval'>;
type Look<M extends CommandMethod> = (
  engine: EnginePort,
  request: Request<M>,
  known: Known,
  records: Records,
) => Promise<Verdict>;

/** A method without a look does not compile. Each throws `engine_unavailable` where the engine does not answer. */
const LOOKS: { readonly [M in CommandMethod]: Look<M> } = {
  CreateNetwork: lookForCreated,
  ConnectContainer: async (engine, request) => {
    const on = await isOn(engine, request);
    return verdict(on, on ? 'the container is on the network' : 'the container is not on the network');
  },
  DisconnectContainer: async (engine, request) => {
    const on = await isOn(engine, request);
    return verdict(!on, on ? 'the container is still on the network' : 'the container is not on the network any more');
  },
  RemoveNetwork: lookForRemoved,
  PruneNetworks: lookForPruned,
  RestoreNetwork: lookForRestored,
};

export const lookAtEngine = <M extends CommandMethod>(
  engine: EnginePort,
  method: M,
  request: Request<M>,
  known: Known,
  records: Records,
): Promise<Verdict> => LOOKS[method](engine, request, known, records);

const verdict = (applied: boolean, explanation: string, items: readonly PruneItemResult__Output[] = []): Verdict => ({
  applied,
  explanation,
  items,
});

const WHO = 'whether this operation or someone else did it cannot be told';

async function lookForCreated(engine: EnginePort, { spec }: Request<'CreateNetwork'>, known: Known): Promise<Verdict> {
  const name = spec?.name ?? '';
  const made = (await engine.listNetworks()).find((network) => network.name === name);
  if (made === undefined) return verdict(false, `there is no network '${name}'`);
  const found = `network '${name}' is there (${shortId(made.id)})`;
  return verdict(true, known ? `${found} and was not before` : `${found}; ${WHO}`);
}

async function lookForRemoved(
  engine: EnginePort,
  { networkId }: Request<'RemoveNetwork'>,
  known: Known,
): Promise<Verdict> {
  const there = await exists(engine, networkId);
  if (!there) return verdict(true, `network ${shortId(networkId)} is not there any more${known ? '' : `; ${WHO}`}`);
  const detaching = known?.detaching ?? [];
  const note =
    detaching.length === 0 ? '' : `; containers that may have been detached from it: ${detaching.join(', ')}`;
  return verdict(false, `network ${shortId(networkId)} is still there${note}`);
}

/** One list tells which of the networks are there: thousands of single questions would take longer than a look may. */
async function lookForPruned(engine: EnginePort, { items }: Request<'PruneNetworks'>, known: Known): Promise<Verdict> {
  const told = new Map(known?.items.map((item) => [item.networkId, item]));
  const there = new Set((await engine.listNetworks()).map(({ id }) => id));
  const results: PruneItemResult__Output[] = [];
  for (const { networkId } of items) {
    results.push(told.get(networkId) ?? (await lookForItem(engine, networkId, there.has(networkId), known)));
  }
  const gone = results.filter(({ outcome, code }) => outcome === 'removed' || code === 'undo_failed').length;
  const explanation = `${gone} of ${items.length} networks are gone; the prune does not go on by itself`;
  return verdict(true, known ? explanation : `${explanation}; ${WHO}`, results);
}

async function lookForItem(
  engine: EnginePort,
  networkId: string,
  isThere: boolean,
  known: Known,
): Promise<PruneItemResult__Output> {
  const record = known?.removing.find(({ id }) => id === networkId);
  const name = record?.name ?? '';
  if (isThere) return kept(networkId, 'outcome_unknown', 'the prune was cut short before it was removed', name);
  if (known === undefined) return removed({ id: networkId, name }, `it is gone; ${WHO}`);
  if (record !== undefined) return lookForUndone(engine, record, known);
  return kept(networkId, 'network_not_found', 'the prune had not come to it; it is gone all the same');
}

/** Of a network that is gone: whether containers came onto it while it was removed, and got it back. */
async function lookForUndone(
  engine: EnginePort,
  record: Network,
  { undoing }: OperationRecord,
): Promise<PruneItemResult__Output> {
  const begun = undoing.find(({ networkId }) => networkId === record.id);
  const again = begun && (await engine.listNetworks()).find((network) => isSameNetwork(network, record));
  if (again !== undefined) {
    const reason = `${begun?.containers.join(', ')} came onto it while it was removed, so that it was made again`;
    return undone(record, again.id, `${reason}; that was cut short: look whether they start`);
  }
  const users = (await leftBehind(engine, record)).map(({ name }) => name).join(', ');
  if (users === '') return removed(record, 'seen to be gone');
  return notUndone(record, `seen to be gone; ${users} came onto it and cannot start; restore it for them`);
}

/** Whether a restore would find nothing left to do: a network like the record is there, with all who lost it. */
async function lookForRestored(
  engine: EnginePort,
  request: Request<'RestoreNetwork'>,
  known: Known,
  records: Records,
): Promise<Verdict> {
  const subject = await unlessCode('record_mismatch', findRecord(records, request));
  if (subject === undefined) return verdict(false, 'its record was altered, so that nothing can be told from it');
  const { network, present, attachments } = await lookAhead(engine, subject, request);
  if (present === undefined) return verdict(false, `there is no network '${network.name}' like the one removed`);
  const found = `network '${present.name}' is there as it was (${shortId(present.id)})`;
  const left = attachments.map(({ containerName }) => containerName).join(', ');
  if (left !== '') return verdict(false, `${found}, and not attached to it: ${left}; restore it again`);
  return verdict(true, known ? `${found}, and nobody is left to be attached` : `${found}; ${WHO}`);
}

/** Whether the network with exactly this id is there; one that is only *named* like it is another one. */
async function exists(engine: EnginePort, id: string): Promise<boolean> {
  return (await find(engine, id))?.id === id;
}

async function find(engine: EnginePort, id: string): Promise<NetworkAttributes | undefined> {
  return unlessCode('network_not_found', engine.inspectNetwork(id));
}

async function isOn(
  engine: EnginePort,
  { networkId, container }: { readonly networkId: string; readonly container: string },
): Promise<boolean> {
  const network = await find(engine, networkId);
  const found = await unlessCode('container_not_found', engine.inspectContainer(container));
  return network?.id === networkId && found !== undefined && isAttached(found, network);
}

async function unlessCode<T>(code: FairleadError['code'], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FairleadError && error.code === code) return undefined;
    throw error;
  }
}
