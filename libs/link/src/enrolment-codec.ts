import { guarded } from './codec.js';
import type { ChallengeRequest } from './generated/fairlead/link/v1/ChallengeRequest.js';
import type { ChallengeResponse, ChallengeResponse__Output } from './generated/fairlead/link/v1/ChallengeResponse.js';
import type { EnrolledMessage, EnrolledMessage__Output } from './generated/fairlead/link/v1/EnrolledMessage.js';
import type { JoinRequest, JoinRequest__Output } from './generated/fairlead/link/v1/JoinRequest.js';
import type { RecoverRequest, RecoverRequest__Output } from './generated/fairlead/link/v1/RecoverRequest.js';
import { type AnyMethod, enrolment } from './protocol.js';

/** What each method of Enrolment takes and gives, to write (`In`) and to read (`Out`). */
export interface EnrolmentMethods {
  Challenge: {
    requestIn: ChallengeRequest;
    requestOut: object;
    responseIn: ChallengeResponse;
    responseOut: ChallengeResponse__Output;
  };
  Join: {
    requestIn: JoinRequest;
    requestOut: JoinRequest__Output;
    responseIn: EnrolledMessage;
    responseOut: EnrolledMessage__Output;
  };
  Recover: {
    requestIn: RecoverRequest;
    requestOut: RecoverRequest__Output;
    responseIn: EnrolledMessage;
    responseOut: EnrolledMessage__Output;
  };
}

export type EnrolmentMethod = keyof EnrolmentMethods;

const definitionOf = (method: EnrolmentMethod): AnyMethod => {
  const definition = enrolment[method];
  if (definition === undefined) throw new Error(`proto/fairlead/link/v1/enrolment.proto has no ${method}`);
  return definition;
};

/** Messages of Enrolment to bytes and back. All throw FairleadError `invalid_argument` for what does not fit. */
export const enrolmentCodec = {
  pathOf: (method: EnrolmentMethod): string => definitionOf(method).path,

  encodeRequest: <M extends EnrolmentMethod>(method: M, message: EnrolmentMethods[M]['requestIn']): Buffer =>
    guarded(`The request of ${method}`, () => definitionOf(method).requestSerialize(message)),

  decodeRequest: <M extends EnrolmentMethod>(method: M, bytes: Buffer): EnrolmentMethods[M]['requestOut'] =>
    guarded(`The request of ${method}`, () => definitionOf(method).requestDeserialize(bytes)),

  encodeResponse: <M extends EnrolmentMethod>(method: M, message: EnrolmentMethods[M]['responseIn']): Buffer =>
    guarded(`The answer of ${method}`, () => definitionOf(method).responseSerialize(message)),

  decodeResponse: <M extends EnrolmentMethod>(method: M, bytes: Buffer): EnrolmentMethods[M]['responseOut'] =>
    guarded(`The answer of ${method}`, () =>
      definitionOf(method).responseDeserialize(bytes),
    ) as EnrolmentMethods[M]['responseOut'],
};
