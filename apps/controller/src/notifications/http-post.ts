import { limitedSignal } from '../limited-signal.js';
import { VERSION } from '../version.js';
import { codeOf, delivered, failed, type Outcome, refused } from './outcome.js';

export interface Post {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Cuts it off. */
  readonly signal: AbortSignal;
  /** Longest wait for an answer, in milliseconds. */
  readonly limitMs: number;
}

/**
 * Answers that are about the notice itself, or say that the address is gone for good. Others may be mended on the other
 * side within a day: a route that is missing while something is deployed (404), a proxy or a login that is set up wrong.
 */
const FINAL = [400, 410, 413, 422];

/** Sends once; follows no redirect, since a signed body and a secret path are for the address that was configured. */
export async function post({ url, headers, body, now, signal, limitMs }: Post): Promise<Outcome> {
  const limit = limitedSignal(signal, limitMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': `fairlead/${VERSION}`, ...headers },
      body,
      redirect: 'manual',
      signal: limit.signal,
    });
    // Its words are not kept, and may have no end.
    await response.body?.cancel();
    return outcomeOf(response, now);
  } catch (error) {
    if (limit.isOver()) return failed(`no answer within ${limitMs / 1000} s`);
    return failed(`could not be reached (${codeOf(error) ?? 'no connection'})`);
  } finally {
    limit.end();
  }
}

function outcomeOf({ ok, status, headers }: Response, now: number): Outcome {
  if (ok) return delivered();
  const error = `answered ${status}`;
  if (status >= 300 && status < 400) return failed(`${error}: redirects are not followed`);
  if (FINAL.includes(status)) return refused(error);
  return failed(error, retryAfter(headers.get('retry-after'), now));
}

/** Seconds or a date (RFC 9110 §10.2.3), in milliseconds from now; 0 where it says neither. */
export function retryAfter(text: string | null, now: number): number {
  if (text === null) return 0;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
