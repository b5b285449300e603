import { type EngineFacts, type EngineHealth, type EngineKind, POLICY_MODES, type PolicyMode } from '@fairlead/domain';
import type {
  EngineHealthMessage,
  EngineHealthMessage__Output,
} from './generated/fairlead/agent/v1/EngineHealthMessage.js';
import type { EngineMessage, EngineMessage__Output } from './generated/fairlead/agent/v1/EngineMessage.js';
import type { HostMessage, HostMessage__Output } from './generated/fairlead/agent/v1/HostMessage.js';
import type { HostPolicyMessage__Output } from './generated/fairlead/agent/v1/HostPolicyMessage.js';

/** What an agent says of its host, engine and itself. */
export interface HostFacts {
  /** Unique in the fleet. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly agentVersion: string;
  /** See the dated log in `link.proto`. */
  readonly capability: number;
  readonly engine: EngineFacts;
  readonly health: EngineHealth;
  /** Random, made with the agent's journal. */
  readonly journalId: string;
  readonly policy: HostPolicyFacts;
  /** SHA-256 of the DER of each root that the agent trusts, hexadecimal; empty for a local agent. */
  readonly rootDigests: readonly string[];
}

/** What the host's own policy file allows, in short. */
export interface HostPolicyFacts {
  /** Empty: there is no policy file. */
  readonly mode: '' | PolicyMode;
  /** One sentence a rule. */
  readonly rules: readonly string[];
}

const MODES: ReadonlySet<string> = new Set(POLICY_MODES);

const KINDS: ReadonlySet<string> = new Set<EngineKind>(['docker', 'podman', 'simulated']);

const toEngineMessage = ({ swarm, ...engine }: EngineFacts): EngineMessage => ({
  ...engine,
  swarmNodeId: swarm.nodeId,
  swarmClusterId: swarm.clusterId,
  swarmManager: swarm.manager,
});

/** An engine that only a newer agent knows is spoken of as Docker-compatible, which is what makes it an engine. */
const fromEngineMessage = (message: EngineMessage__Output | null): EngineFacts => ({
  kind: message !== null && KINDS.has(message.kind) ? (message.kind as EngineKind) : 'docker',
  version: message?.version ?? '',
  apiVersion: message?.apiVersion ?? '',
  simulated: message?.simulated ?? false,
  swarm: {
    nodeId: message?.swarmNodeId ?? '',
    clusterId: message?.swarmClusterId ?? '',
    manager: message?.swarmManager ?? false,
  },
});

export const toHealthMessage = (health: EngineHealth): EngineHealthMessage => ({ ...health });

/** Silence about the engine is not health: without a message, or with an unknown word, the engine counts as down. */
export const fromHealthMessage = (message: EngineHealthMessage__Output | null): EngineHealth => ({
  state: message?.state === 'up' ? 'up' : 'down',
  reason: message?.reason ?? 'the agent said nothing of its engine',
});

/** A mode that only a newer agent knows is told as the strictest one; the agent enforces its file itself. */
const fromPolicyMessage = (message: HostPolicyMessage__Output | null): HostPolicyFacts => ({
  mode: readMode(message?.mode ?? ''),
  rules: [...(message?.rules ?? [])],
});

const readMode = (text: string): HostPolicyFacts['mode'] => {
  if (text === '') return '';
  return MODES.has(text) ? (text as PolicyMode) : 'read-only';
};

export const toHostMessage = ({ engine, health, policy, rootDigests, ...facts }: HostFacts): HostMessage => ({
  ...facts,
  policy: { mode: policy.mode, rules: [...policy.rules] },
  rootDigests: [...rootDigests],
  engine: toEngineMessage(engine),
  health: toHealthMessage(health),
});

export const fromHostMessage = (message: HostMessage__Output): HostFacts => ({
  name: message.name,
  labels: { ...message.labels },
  agentVersion: message.agentVersion,
  capability: message.capability,
  engine: fromEngineMessage(message.engine),
  health: fromHealthMessage(message.health),
  journalId: message.journalId,
  policy: fromPolicyMessage(message.policy),
  rootDigests: [...message.rootDigests],
});
