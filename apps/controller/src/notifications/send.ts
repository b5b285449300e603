import { type Clock } from '../clock.js';
import { type Notice } from './notice.js';
import { type Outcome } from './outcome.js';

/** Tells one notice, once. Whatever the receiver does is an outcome. @param signal cuts it off */
export type Send = (notice: Notice, signal: AbortSignal) => Promise<Outcome>;

export interface Surroundings {
  /** How people call REST, for links; null: not known. */
  readonly publicUrl: URL | null;
  readonly now: Clock;
  /** Longest wait for an answer to an HTTP request, in milliseconds. */
  readonly limitMs: number;
}
