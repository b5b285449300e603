import {
  type ConnectRequest,
  type CreateNetworkRequest,
  type DisconnectRequest,
  type ProbeRequest,
  type PruneRequest,
  type RemoveQuery,
  toEndpointSpec,
  toNetworkSpec,
} from '@fairlead/api';
import { type OperationKind } from '@fairlead/domain';
import { type Methods, toEndpointSpecMessage, toNetworkSpecMessage } from '@fairlead/link';
import { type FleetExplanation, type NetworkRef, type OperationTarget, type Result } from './operation.js';

/** The methods of NetworkService that operations call. */
export type CommandMethod =
  | 'CreateNetwork'
  | 'ConnectContainer'
  | 'DisconnectContainer'
  | 'RemoveNetwork'
  | 'PruneNetworks'
  | 'RestoreNetwork'
  | 'Probe';

/** What is sent: one method with its message. Kept beside what was asked, so that a lost outcome can be looked up. */
export type Sending = {
  readonly [M in CommandMethod]: { readonly method: M; readonly message: Methods[M]['requestIn'] };
}[CommandMethod];

/** One command to one host, ready to become an operation. */
export interface Command {
  readonly kind: OperationKind;
  readonly hostName: string;
  readonly target: OperationTarget;
  /** As it was asked for. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Milliseconds for the whole operation. */
  readonly deadlineMs: number;
  sending(operationId: string): Sending;
  /** Adds to the agent's answer what only the controller knows. */
  readonly complete?: (result: Result) => Promise<Result>;
}

export const createCommand = (hostName: string, body: CreateNetworkRequest): Command => ({
  kind: 'create',
  hostName,
  target: { network: { id: '', name: body.name } },
  request: body,
  deadlineMs: body.deadlineMs,
  sending: (operationId) => ({
    method: 'CreateNetwork',
    message: { operationId, spec: toNetworkSpecMessage(toNetworkSpec(body)) },
  }),
});

export const connectCommand = (hostName: string, network: NetworkRef, body: ConnectRequest): Command => ({
  kind: 'connect',
  hostName,
  target: { network, container: body.container },
  request: body,
  deadlineMs: body.deadlineMs,
  sending: (operationId) => ({
    method: 'ConnectContainer',
    message: {
      operationId,
      networkId: network.id,
      container: body.container,
      endpoint: toEndpointSpecMessage(toEndpointSpec(body)),
    },
  }),
});

export const disconnectCommand = (hostName: string, network: NetworkRef, body: DisconnectRequest): Command => ({
  kind: 'disconnect',
  hostName,
  target: { network, container: body.container },
  request: body,
  deadlineMs: body.deadlineMs,
  sending: (operationId) => ({
    method: 'DisconnectContainer',
    message: { operationId, networkId: network.id, container: body.container, force: body.force },
  }),
});

export const removeCommand = (hostName: string, network: NetworkRef, query: RemoveQuery): Command => ({
  kind: 'remove',
  hostName,
  target: { network },
  request: query,
  deadlineMs: query.deadlineMs,
  sending: (operationId) => ({
    method: 'RemoveNetwork',
    message: { operationId, networkId: network.id, force: query.force },
  }),
});

/** @param items the networks that the plan removes, each with the digest of the record that it was made for */
export const pruneCommand = (
  hostName: string,
  items: readonly { readonly networkId: string; readonly expectedDigest: string }[],
  body: PruneRequest,
): Command => ({
  kind: 'prune',
  hostName,
  target: {},
  request: body,
  deadlineMs: body.deadlineMs,
  sending: (operationId) => ({ method: 'PruneNetworks', message: { operationId, items: [...items] } }),
});

/** @param explain what the fleet knows about the way between the two, or undefined where the agent knows it all */
export const probeCommand = (
  hostName: string,
  body: ProbeRequest,
  explain: () => Promise<FleetExplanation | undefined>,
): Command => ({
  kind: 'probe',
  hostName,
  target: { container: body.from },
  request: body,
  deadlineMs: body.deadlineMs,
  sending: () => ({ method: 'Probe', message: { from: body.from, target: body.to, count: body.count } }),
  complete: async (result) => {
    const fleet = await explain();
    return fleet === undefined ? result : { ...result, fleet };
  },
});
