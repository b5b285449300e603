export { codec } from './codec.js';
export * from './contract.js';
export * from './digest.js';
export * from './error-message.js';
export * from './host-message.js';
export type * from './messages.js';
export * from './network-message.js';
export { CAPABILITY } from './protocol.js';
