import { type Network, type NetworkChange } from '@fairlead/domain';

export { type NetworkChange } from '@fairlead/domain';

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
