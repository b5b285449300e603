import type { Network } from '@fairlead/domain';
import type { OperationErrorMessage__Output, PruneItemResult__Output } from '@fairlead/link';
import type { Detached } from './seal.js';

interface Line {
  /** Operation id. */
  readonly op: string;
  /** Milliseconds since the epoch, by this host's clock. */
  readonly at: number;
}

/** The operation begins. Until its `done` nobody knows what became of it but the engine. */
export interface Started extends Line {
  readonly t: 'started';
  readonly method: string;
  /** SHA-256 (hex) of the request as it came. */
  readonly request: string;
  /** For people: what is about to be done, to what. */
  readonly what: string;
  /** The run of a policy that it is a part of. */
  readonly run?: Run;
}

/** A run of a policy, as it asks for something. Of one policy, a higher fence bars every lower one. */
export interface Run {
  readonly policyId: string;
  readonly runId: string;
  readonly fence: number;
}

/** The full record of a network that is about to be removed. Of several for one network, the last one counts. */
export interface Removing extends Line {
  readonly t: 'removing';
  readonly network: Network;
  /** Containers that force is about to detach. Absent before 2026-11-30, as is the seal. */
  readonly attachments?: readonly Detached[];
  /** `sealOf` both. */
  readonly seal?: string;
}

/** A container that force is about to detach. */
export interface Detaching extends Line {
  readonly t: 'detaching';
  readonly container: string;
}

/** A removed network is about to be made again: containers were made on it while it was removed. */
export interface Undoing extends Line {
  readonly t: 'undoing';
  readonly networkId: string;
  /** Names of the containers. */
  readonly containers: readonly string[];
}

/** What became of one item of a prune. */
export interface Item extends Line {
  readonly t: 'item';
  readonly result: PruneItemResult__Output;
}

/** The operation has ended; the same id gets this again. */
export interface Done extends Line {
  readonly t: 'done';
  readonly request: string;
  /** The serialized answer in base64. */
  readonly response?: string;
  readonly error?: OperationErrorMessage__Output;
}

/** The operation was never begun and never will be. */
export interface Refused extends Line {
  readonly t: 'refused';
  readonly why: string;
}

/** One line of the journal. */
export type Entry = Started | Removing | Detaching | Undoing | Item | Done | Refused;

/** The first line. */
export interface Header {
  readonly t: 'journal';
  readonly v: 1;
  readonly id: string;
  readonly at: number;
  /** Operations that began up to this instant may have been dropped. */
  readonly droppedUntil?: number;
  /** The highest fence of each policy whose operations may have been dropped. */
  readonly fences?: Readonly<Record<string, number>>;
}

export type OperationState = 'started' | 'done' | 'refused';

/** What the journal knows of one operation. */
export interface OperationRecord {
  readonly state: OperationState;
  readonly request: string;
  readonly removing: readonly Network[];
  readonly detaching: readonly string[];
  readonly undoing: readonly Pick<Undoing, 'networkId' | 'containers'>[];
  readonly items: readonly PruneItemResult__Output[];
  readonly response: Buffer | undefined;
  readonly error: OperationErrorMessage__Output | undefined;
  readonly why: string;
}

/** The state of an operation after one more line; `undefined` while none of its lines says one. */
export function stateAfter(before: OperationState | undefined, { t }: Pick<Entry, 't'>): OperationState | undefined {
  if (t === 'started') return before ?? 'started';
  return t === 'done' || t === 'refused' ? t : before;
}

/** Joins the lines of one operation, in their order. */
export function joinEntries(entries: readonly Entry[]): OperationRecord {
  const of = <T extends Entry['t']>(t: T) =>
    entries.filter((entry): entry is Extract<Entry, { t: T }> => entry.t === t);
  const [started] = of('started');
  const done = of('done').at(-1);
  return {
    state: entries.reduce<OperationState | undefined>(stateAfter, undefined) ?? 'started',
    request: started?.request ?? done?.request ?? '',
    removing: of('removing').map(({ network }) => network),
    detaching: of('detaching').map(({ container }) => container),
    undoing: of('undoing'),
    items: of('item').map(({ result }) => result),
    response: done?.response === undefined ? undefined : Buffer.from(done.response, 'base64'),
    error: done?.error,
    why: of('refused').at(-1)?.why ?? '',
  };
}
