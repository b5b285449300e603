import type { EngineFacts, EngineHealth } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import { CAPABILITY, type HostMessage, toHostMessage } from '@fairlead/link';
import type { Timing } from './concurrency/timing.js';
import { within } from './concurrency/within.js';
import type { PolicyGuard, PolicySummary } from './policy/host-policy-guard.js';

const DESCRIBE_LIMIT_MS = 3_000;

/** What is said of an engine that has not answered since the agent started. */
const UNKNOWN: EngineFacts = {
  kind: 'docker',
  version: '',
  apiVersion: '',
  simulated: false,
  swarm: { nodeId: '', clusterId: '', manager: false },
};

export interface HostParts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly agentVersion: string;
  readonly journalId: string;
  readonly engine: EnginePort;
  readonly health: () => EngineHealth;
  readonly timing: Timing;
  readonly policy: Pick<PolicyGuard, 'summary'>;
  /** SHA-256 of each trusted root, hexadecimal; none for a local agent. */
  readonly rootDigests: () => string[];
}

/** What this host says of itself. An engine that does not answer is described as it was when it last did. */
export class HostDescription {
  private facts = UNKNOWN;
  private policy: PolicySummary = { mode: '', rules: [] };
  private told: string | undefined;

  constructor(private readonly parts: HostParts) {}

  async message(): Promise<HostMessage> {
    await this.ask();
    this.told = this.news();
    const { name, labels, agentVersion, journalId, health, rootDigests } = this.parts;
    const { facts: engine, policy } = this;
    const facts = { name, labels, agentVersion, journalId, capability: CAPABILITY, engine, policy };
    return toHostMessage({ ...facts, rootDigests: rootDigests(), health: health() });
  }

  /** Asks the engine and the policy again. @returns whether they are no longer what was told of them last */
  async hasChanged(): Promise<boolean> {
    await this.ask();
    return this.told !== undefined && this.told !== this.news();
  }

  private news(): string {
    return JSON.stringify([this.facts, this.policy]);
  }

  private async ask(): Promise<void> {
    const { engine, timing, policy } = this.parts;
    this.policy = await policy.summary();
    try {
      this.facts = await within(timing, DESCRIBE_LIMIT_MS, 'The engine could not be described', engine.describe());
    } catch {
      // Health tells why; the last facts stay.
    }
  }
}
