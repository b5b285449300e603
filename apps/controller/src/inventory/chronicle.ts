import { type HistoryKind, type Network } from '@fairlead/domain';

/** One difference between two records of a network. */
export interface NetworkChange {
  readonly kind: HistoryKind;
  readonly networkId: string;
  readonly networkName: string;
  /** Empty where it is about the network itself, like containerName. */
  readonly containerId: string;
  readonly containerName: string;
  /** For `….changed`: field to what it was and what it is. */
  readonly detail: Readonly<Record<string, readonly [unknown, unknown]>>;
}

/** The operation of ours that did something, and who asked for it. */
export interface Author {
  readonly operationId: string;
  readonly actor: string;
}

/** Tells what a change of the inventory means, and who did it. */
export interface Chronicler {
  /** @param before undefined: it was not there @param after undefined: it is gone */
  changesBetween(before: Network | undefined, after: Network | undefined): readonly NetworkChange[];
  /** @param at when it was noticed, milliseconds since the epoch */
  of(hostName: string, change: NetworkChange, at: number): Author | null;
}

/** Keeps no history. */
export const NO_HISTORY: Chronicler = { changesBetween: () => [], of: () => null };
