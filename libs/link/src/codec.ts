import { FairleadError } from '@fairlead/domain';
import type { Method, Methods, StreamMethod } from './contract.js';
import type { InventoryUpdate, InventoryUpdate__Output } from './generated/fairlead/agent/v1/InventoryUpdate.js';
import { countParts } from './message-parts.js';
import type { AnyMethod } from './protocol.js';
import { agentMethods } from './protocol.js';

const methods = new Map<string, AnyMethod>(Object.entries(agentMethods));

function definitionOf(name: string): AnyMethod {
  const definition = methods.get(name);
  if (definition === undefined) throw new FairleadError('unsupported', `There is no method '${name}'`);
  return definition;
}

/** @internal Runs a serializer or deserializer: what does not fit the protocol is the fault of whoever wrote it. */
export function guarded<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof FairleadError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FairleadError('invalid_argument', `${what} does not fit the protocol: ${reason}`, { cause });
  }
}

/**
 * Messages to bytes and back, by method name of NetworkService and IdentityService.
 * All throw FairleadError: `invalid_argument` for what does not fit the protocol, `too_large` for too many parts,
 * `unsupported` for an unknown method.
 */
export const codec = {
  isMethod: (name: string): name is Method => methods.has(name),

  /** Whether the method answers with a stream. */
  isStream: (name: Method): name is StreamMethod => definitionOf(name).responseStream,

  encodeRequest: <M extends Method>(method: M, request: Methods[M]['requestIn']): Buffer =>
    guarded(`The request of ${method}`, () => definitionOf(method).requestSerialize(request)),

  decodeRequest: <M extends Method>(method: M, bytes: Buffer): Methods[M]['requestOut'] =>
    guarded(`The request of ${method}`, () => {
      const { requestType, requestDeserialize } = definitionOf(method);
      countParts(requestType, bytes);
      return requestDeserialize(bytes);
    }),

  encodeResponse: <M extends Method>(method: M, response: Methods[M]['responseIn']): Buffer =>
    guarded(`The answer of ${method}`, () => definitionOf(method).responseSerialize(response)),

  decodeResponse: <M extends Method>(method: M, bytes: Buffer): Methods[M]['responseOut'] =>
    guarded(`The answer of ${method}`, () => {
      const { responseType, responseDeserialize } = definitionOf(method);
      countParts(responseType, bytes);
      return responseDeserialize(bytes);
    }),

  encodeInventory: (update: InventoryUpdate): Buffer => codec.encodeResponse('WatchInventory', update),

  /** Messages within an update: what it costs to read it. Throws as reading it would. */
  partsOfInventory: (bytes: Buffer): number =>
    guarded('An update', () => countParts(definitionOf('WatchInventory').responseType, bytes)),

  decodeInventory: (bytes: Buffer): InventoryUpdate__Output => codec.decodeResponse('WatchInventory', bytes),
};
