import { checkHostName, FairleadError, formatDuration, toFairleadError } from '@fairlead/domain';
import type { SteadyClock } from './call-scope.js';
import { type EnrolmentMethod, enrolmentCodec } from './enrolment-codec.js';
import type { Enrolled, EnrolmentHandlers } from './enrolment-contract.js';
import type { SigningRequest__Output } from './generated/fairlead/agent/v1/SigningRequest.js';
import type { JoinRequest__Output } from './generated/fairlead/link/v1/JoinRequest.js';
import type { RecoverRequest__Output } from './generated/fairlead/link/v1/RecoverRequest.js';
import { sourceOf } from './ip.js';
import type { LinkLimits } from './limits.js';
import { Lockout } from './lockout.js';
import { NonceMint } from './nonce-mint.js';
import type { Peer } from './peer.js';
import { isRecoverySignedBy, verifySigningRequest } from './signing.js';
import { TokenBuckets } from './token-bucket.js';

export interface EnrolmentServiceOptions {
  readonly handlers: EnrolmentHandlers;
  readonly limits: LinkLimits;
  readonly clock: SteadyClock;
}

const SECRET_BYTES = 32;
const TOKEN_ID = /^[a-z2-7]{10}$/;

/** What a handler throws where somebody tries out tokens or keys. */
const GUESSES: ReadonlySet<string> = new Set(['token_refused', 'identity_refused']);

/**
 * Answers the calls of Enrolment, bytes to bytes.
 *
 * Invariants: a handler is called only with a nonce of ours that is fresh and with keys whose possession is proven; a
 * source that has guessed wrongly too often reaches no handler until its time is over.
 */
export class EnrolmentService {
  private readonly nonces: NonceMint;
  private readonly lockout: Lockout;
  private readonly rates: TokenBuckets;

  constructor(private readonly options: EnrolmentServiceOptions) {
    const { limits, clock } = options;
    this.nonces = new NonceMint(clock);
    this.lockout = new Lockout(limits.wrongTokens, limits.lockoutMs, clock);
    this.rates = new TokenBuckets(() => limits.enrolments);
  }

  /** @throws FairleadError `overloaded` for a caller who has to wait. Asked before anything of a call is read. */
  admit(peer: Peer): void {
    const source = sourceOfPeer(peer);
    const lockedMs = this.lockout.remainingMs(source);
    if (lockedMs > 0) {
      throw new FairleadError('overloaded', `Too many wrong tokens came from ${source}`, {
        hint: `Nothing from there is looked at for ${formatDuration(lockedMs)}.`,
      });
    }
    if (this.rates.take(source, this.options.clock())) return;
    throw new FairleadError('overloaded', `Too many hosts enrol from ${source} at once`, {
      hint: 'Try again in some seconds.',
    });
  }

  async answer(method: EnrolmentMethod, request: Buffer, peer: Peer): Promise<Buffer> {
    try {
      if (method === 'Challenge') return enrolmentCodec.encodeResponse(method, { nonce: this.nonces.create() });
      const enrolled =
        method === 'Join'
          ? await this.join(enrolmentCodec.decodeRequest(method, request), peer)
          : await this.recover(enrolmentCodec.decodeRequest(method, request), peer);
      return enrolmentCodec.encodeResponse(method, enrolled);
    } catch (thrown) {
      const error = toFairleadError(thrown);
      if (GUESSES.has(error.code)) this.lockout.failed(sourceOfPeer(peer));
      throw error;
    }
  }

  private join(message: JoinRequest__Output, peer: Peer): Promise<Enrolled> {
    const { tokenId, hostName, nonce, capability } = message;
    this.nonces.check(nonce);
    if (!TOKEN_ID.test(tokenId)) throw new FairleadError('invalid_argument', 'The id of the join token is not one');
    if (message.secret.length !== SECRET_BYTES) {
      throw new FairleadError('invalid_argument', 'The secret of the join token has not its 32 bytes');
    }
    checkHostName(hostName);
    const publicKey = verifySigningRequest(signingOf(message), nonce, 'join', tokenId);
    const secret = Buffer.from(message.secret).toString('base64url');
    return this.options.handlers.join({ tokenId, secret, hostName, publicKey, capability }, peer);
  }

  private recover(message: RecoverRequest__Output, peer: Peer): Promise<Enrolled> {
    const { agentId, nonce, signature, capability } = message;
    this.nonces.check(nonce);
    const newPublicKey = verifySigningRequest(signingOf(message), nonce, 'recover', agentId);
    const isSignedBy = (registeredKey: Buffer): boolean => {
      if (isRecoverySignedBy(registeredKey, nonce, agentId, newPublicKey, signature)) return true;
      throw new FairleadError('identity_refused', 'The request was not signed by the key that is registered', {
        hint: 'Join the host again with a join token.',
      });
    };
    return this.options.handlers.recover({ agentId, newPublicKey, capability, isSignedBy }, peer);
  }
}

function signingOf({ signing }: { readonly signing: SigningRequest__Output | null }): SigningRequest__Output {
  if (signing !== null) return signing;
  throw new FairleadError('invalid_argument', 'The request shows no key');
}

const sourceOfPeer = (peer: Peer): string => (peer.kind === 'local' ? 'local' : sourceOf(peer.address));
