import type { EngineFacts, EngineHealth } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import { CAPABILITY, type HostMessage, toHostMessage } from '@fairlead/link';
import type { Timing } from './concurrency/timing.js';
import { within } from './concurrency/within.js';

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
}

/** What this host says of itself. An engine that does not answer is described as it was when it last did. */
export class HostDescription {
  private facts = UNKNOWN;
  private told: string | undefined;

  constructor(private readonly parts: HostParts) {}

  async message(): Promise<HostMessage> {
    await this.ask();
    this.told = JSON.stringify(this.facts);
    const { name, labels, agentVersion, journalId, health } = this.parts;
    const facts = { name, labels, agentVersion, journalId, capability: CAPABILITY, engine: this.facts };
    return toHostMessage({ ...facts, health: health() });
  }

  /** Asks the engine again. @returns whether it is no longer what was told of it last */
  async hasChanged(): Promise<boolean> {
    await this.ask();
    return this.told !== undefined && this.told !== JSON.stringify(this.facts);
  }

  private async ask(): Promise<void> {
    const { engine, timing } = this.parts;
    try {
      this.facts = await within(timing, DESCRIBE_LIMIT_MS, 'The engine could not be described', engine.describe());
    } catch {
      // Health tells why; the last facts stay.
    }
  }
}
