export * from './docker/engine.js';
export * from './port.js';
