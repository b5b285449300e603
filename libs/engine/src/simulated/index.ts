export type { SimulatedContainer } from './containers.js';
export * from './engine.js';
export type { EngineMethod } from './faults.js';
