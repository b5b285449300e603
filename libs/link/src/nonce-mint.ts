import { FairleadError } from '@fairlead/domain';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const TIME_BYTES = 8;
const RANDOM_BYTES = 16;
const BODY_BYTES = TIME_BYTES + RANDOM_BYTES;
const SEAL_BYTES = 32;

/** How long a nonce is good, in milliseconds. */
export const NONCE_LIFE_MS = 60_000;

/**
 * Hands out nonces without keeping them: each carries its time and a seal of ours. A flood of callers costs no memory.
 *
 * Invariants: a nonce is good for `NONCE_LIFE_MS` and only at the mint that made it.
 */
export class NonceMint {
  private readonly key = randomBytes(32);

  /** @param clock milliseconds, by a clock that only grows */
  constructor(private readonly clock: () => number) {}

  create(): Buffer {
    const body = Buffer.alloc(BODY_BYTES);
    body.writeBigUInt64BE(BigInt(Math.floor(this.clock())));
    randomBytes(RANDOM_BYTES).copy(body, TIME_BYTES);
    return Buffer.concat([body, this.seal(body)]);
  }

  /** @throws FairleadError `invalid_argument` for a nonce that is too old or not of this mint */
  check(nonce: Uint8Array): void {
    const bytes = Buffer.from(nonce);
    const body = bytes.subarray(0, BODY_BYTES);
    const ours =
      bytes.length === BODY_BYTES + SEAL_BYTES && timingSafeEqual(this.seal(body), bytes.subarray(BODY_BYTES));
    const age = ours ? Math.floor(this.clock()) - Number(body.readBigUInt64BE()) : Infinity;
    if (age >= 0 && age < NONCE_LIFE_MS) return;
    throw new FairleadError('invalid_argument', 'The nonce is too old, or was not handed out by this controller', {
      hint: 'Ask for a new one with Challenge; it is good for a minute.',
    });
  }

  private seal(body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(body).digest();
  }
}
