import { type Scale } from './plan.js';
import { type Change } from './simulated-inventory.js';
import { type Tally } from './tally.js';

/** A host to be, with the join token for it. */
export interface Recruit {
  readonly name: string;
  readonly index: number;
  readonly token: string;
}

/** Hosts that are to join. */
export interface Muster {
  readonly controller: string;
  readonly fleetSeed: number;
  readonly scale: Scale;
  /** Whether their engines do not answer before `awaken`. */
  readonly asleep: boolean;
  readonly recruits: readonly Recruit[];
}

/** What a process of agents does for its parent, by what it is sent and what it answers. */
export interface Orders {
  enrol: { ask: Muster; answer: number };
  /** Lets all dial, so many a second; none waits for another's session. */
  connect: { ask: { controller: string; perSecond: number }; answer: null };
  /** The engines of all answer for the first time. */
  awaken: { ask: null; answer: null };
  disconnect: { ask: null; answer: null };
  /** Lets changes happen, all hosts together; `report` tells the parent of each. */
  rate: { ask: { perSecond: number; report: boolean }; answer: null };
  /** A network of this name appears on a host: now. */
  appear: { ask: { host: string; network: string }; answer: Made };
  /** Breaks the link of so many hosts. */
  drop: { ask: { hosts: number }; answer: null };
  tally: { ask: null; answer: Tally };
}

export type Order = keyof Orders;
export type OrderMessage = {
  [K in Order]: { readonly id: number; readonly order: K; readonly ask: Orders[K]['ask'] };
}[Order];
export interface AnswerMessage {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** A change with the host and the moment of it. */
export interface Made extends Change {
  readonly host: string;
  /** Milliseconds since the epoch, with fractions: of this machine's one clock. */
  readonly at: number;
}

export interface MadeMessage {
  readonly made: readonly Made[];
}

/** Steady within a process, and the same in all of them to well below a millisecond. */
export const wallClock = (): number => performance.timeOrigin + performance.now();
