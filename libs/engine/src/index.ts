export * from './connect-engine.js';
export * from './demo/demo-fleet.js';
export { ALLOWED_CALLS, type AllowedCall, findAllowed, pathPattern, type PlannedCall } from './docker/calls.js';
export * from './docker/engine.js';
export * from './inventory/join.js';
export * from './inventory/read-inventory.js';
export * from './locate/locate-engine.js';
export * from './port.js';
export * from './simulated/index.js';
