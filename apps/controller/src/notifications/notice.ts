import { type RunOutcome } from '@fairlead/api';

/** What is worth telling of a run. */
export type NotificationEvent = 'finished' | 'failed' | 'approval-needed' | 'cap-reached' | 'held';

/** What there is to tell; all of it plain values, safe to show. */
export interface Notice {
  /** UUIDv7; the same for every channel and every attempt, so that whoever gets it twice can tell. */
  readonly id: string;
  readonly event: NotificationEvent;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly policy: { readonly id: string; readonly name: string; readonly version: number };
  readonly runId: string;
  /** Null: the run goes on. */
  readonly outcome: RunOutcome | null;
  /** One line. */
  readonly title: string;
  readonly text: string;
  /** How many networks had which outcome. */
  readonly counts: Readonly<Record<string, number>>;
  /** REST path of the run. */
  readonly link: string;
}
