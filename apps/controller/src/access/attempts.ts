import { FairleadError } from '@fairlead/domain';

/** Wrong credentials that one address may send before it is told to wait, and for how long, in milliseconds. */
const MOST_WRONG = 20;
export const LOCKED_MS = 10 * 60_000;
/** Addresses that are remembered; beyond it the oldest is forgotten. */
const MOST_ADDRESSES = 10_000;

interface Attempts {
  wrong: number;
  /** The count begins anew then. */
  readonly until: number;
}

/**
 * Counts wrong credentials by address. Right ones are never counted, nor refused for the wrong ones of a neighbour:
 * a secret of 256 bits is not found by trying, so all that a limit has to do is keep the noise down.
 *
 * Invariant: holds at most MOST_ADDRESSES entries, each for LOCKED_MS at most.
 */
export class WrongAttempts {
  private readonly byAddress = new Map<string, Attempts>();

  /** @param now milliseconds of a clock that does not jump */
  constructor(private readonly now: () => number) {}

  /** Notes one. @throws FairleadError `overloaded` where there were too many before, with the seconds to wait */
  note(address: string): void {
    const key = networkOf(address);
    const attempts = this.current(key);
    if (attempts.wrong >= MOST_WRONG) throw new TooMany('wrong credentials', (attempts.until - this.now()) / 1000);
    attempts.wrong += 1;
  }

  private current(key: string): Attempts {
    const known = this.byAddress.get(key);
    if (known !== undefined && known.until > this.now()) return known;
    const fresh = { wrong: 0, until: this.now() + LOCKED_MS };
    this.byAddress.delete(key);
    this.byAddress.set(key, fresh);
    if (this.byAddress.size > MOST_ADDRESSES) {
      const [oldest] = this.byAddress.keys();
      if (oldest !== undefined) this.byAddress.delete(oldest);
    }
    return fresh;
  }
}

/** A machine with IPv6 has a whole /64 to send from. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const [left, right] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: Math.max(0, 8 - left!.length - right!.length) }, () => '0');
  return [...left!, ...zeros, ...right!].slice(0, 4).join(':');
}

/** Too much at once: an answer with `Retry-After`. */
export class TooMany extends FairleadError {
  readonly retryAfterSeconds: number;

  constructor(what: string, seconds: number) {
    const wait = Math.max(1, Math.ceil(seconds));
    super('overloaded', `Too many ${what}`, { hint: `Try again in ${wait} s.` });
    this.retryAfterSeconds = wait;
  }
}
