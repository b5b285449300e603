import { FairleadError } from '@fairlead/domain';
import { type Peer } from '@fairlead/link';
import { type Actor } from '../operations/operation.js';

export const addressOf = (peer: Peer): string => (peer.kind === 'local' ? 'unix' : peer.address);

export const actorOf = (name: string, peer: Peer): Actor => ({ name, client: 'fairlead agent', peer: addressOf(peer) });

/** Errors of callers that have proven nothing: whoever they say they are is not who they are. */
const unproven = new WeakSet<FairleadError>();

export const isOfNobody = (error: unknown): boolean => !(error instanceof FairleadError) || unproven.has(error);

function ofNobody(error: FairleadError): FairleadError {
  unproven.add(error);
  return error;
}

/** One sentence, whether there is such a token or not. */
export const notAccepted = (): FairleadError =>
  ofNobody(
    new FairleadError('token_refused', 'The join token is not accepted', {
      hint: "Copy the whole command that 'fairlead host join-token create' printed.",
    }),
  );

export const notRegistered = (): FairleadError =>
  ofNobody(
    new FairleadError('identity_refused', 'The request is not signed by the key that is registered for this agent', {
      hint: "Join the host anew: 'fairlead host join-token create' prints the command.",
    }),
  );

export function refuse(message: string): never {
  throw new FairleadError('identity_refused', message, {
    hint: "Join the host anew: 'fairlead host join-token create' prints the command.",
  });
}
