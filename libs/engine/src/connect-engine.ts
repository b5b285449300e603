import { createDockerEngine, type DockerEngineOptions } from './docker/engine.js';
import type { EnginePort } from './port.js';
import { createSimulatedEngine } from './simulated/index.js';

/**
 * The adapter for an engine's URL: `simulated:` or `simulated:7` (with a seed) for the simulated engine, else a real
 * one. Nothing is sent yet.
 * @throws FairleadError `invalid_argument` with a hint where the URL fits no adapter
 */
export function connectEngine(url: string, options: DockerEngineOptions = {}): EnginePort {
  const simulated = /^simulated:(\d*)$/.exec(url);
  if (simulated === null) return createDockerEngine(url, options);
  return createSimulatedEngine({ seed: Number(simulated[1] || 1) });
}
