import {
  type ConnectRequest,
  type CreateNetworkRequest,
  type DisconnectRequest,
  type ProbeRequest,
  type PruneItemResultView,
  type PruneRequest,
  type RemoveQuery,
  toEndpointSpec,
  toNetworkSpec,
} from '@fairlead/api';
import { type OperationKind } from '@fairlead/domain';
import { type Methods, toEndpointSpecMessage, toNetworkSpecMessage } from '@fairlead/link';
import { type Statement } from '../database/index.js';
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
  /** What is written in one transaction with the operation, before anything is sent. */
  readonly alongside?: (operationId: string) => readonly Statement[];
  readonly watch?: Watch;
}

/** Who looks on while a command is carried out, and can stop a prune between two networks. */
export interface Watch {
  /** Told of each network of a prune when the agent has told of it, in order. */
  readonly taken?: (item: PruneItemResultView) => void;
  readonly signal?: AbortSignal;
}

/** The policy's run that a prune is a part of. */
export interface RunRef {
  readonly runId: string;
  readonly policyId: string;
  readonly policyName: string;
  readonly version: number;
  /** Agents refuse a lower one than they have seen of the policy. */
  readonly fence: number;
}

type PruneItem = { readonly networkId: string; readonly expectedDigest: string };

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
export const pruneCommand = (hostName: string, items: readonly PruneItem[], body: PruneRequest): Command => ({
  kind: 'prune',
  hostName,
  target: {},
  request: body,
  deadlineMs: body.deadlineMs,
  sending: (operationId) => ({ method: 'PruneNetworks', message: { operationId, items: [...items] } }),
});

/** A prune in the name of a policy: what it asked for is in the run, which the request names. */
export const runCommand = (
  hostName: string,
  items: readonly PruneItem[],
  { runId, policyId, policyName, version, fence }: RunRef,
  deadlineMs: number,
  rest: Required<Pick<Command, 'alongside' | 'watch'>>,
): Command => ({
  kind: 'prune',
  hostName,
  target: {},
  request: { runId, policy: policyName, version },
  deadlineMs,
  sending: (operationId) => ({
    method: 'PruneNetworks',
    message: { operationId, items: [...items], run: { policyId, runId, fence } },
  }),
  ...rest,
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
