import { join } from 'node:path';
import { createSimulatedEngine, type SimulatedEngine } from '@fairlead/engine';
import { type AgentOptions, type RunningAgent, startAgent } from '../agent.js';
import { type MemoryLog, memoryLog } from './memory-log.js';

export interface TestAgent extends RunningAgent {
  readonly engine: SimulatedEngine;
  readonly log: MemoryLog;
}

/** An agent on a simulated engine, with its data in `folder`/data. */
export async function startTestAgent(folder: string, more: Partial<AgentOptions> = {}): Promise<TestAgent> {
  const engine = createSimulatedEngine();
  const log = memoryLog();
  const agent = await startAgent({
    name: 'web-1',
    machine: 'machine',
    labels: {},
    engine,
    dataDir: join(folder, 'data'),
    controller: undefined,
    listen: undefined,
    token: undefined,
    policy: undefined,
    log,
    ...more,
  });
  return { ...agent, engine, log };
}
