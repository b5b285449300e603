export { codec } from './codec.js';
export * from './contract.js';
export * from './digest.js';
export * from './error-message.js';
export * from './host-message.js';
export type * from './messages.js';
export * from './network-message.js';
export { CAPABILITY } from './protocol.js';
export { formatLinkAddress, parseLinkAddress, parseListenAddress, type LinkAddress } from './address.js';
export {
  certificatesOf,
  joinController,
  type JoinOptions,
  recoverIdentity,
  type RecoverOptions,
} from './enrolment-client.js';
export { connectTo } from './connect.js';
export type * from './enrolment-contract.js';
export { DEFAULT_LIMITS, type LinkLimits, type Rate } from './limits.js';
export { describePeer, LOCAL, type Peer, type TlsIdentity } from './peer.js';
export {
  canonicalKey,
  createKey,
  createNonce,
  createSigningRequest,
  publicKeyOf,
  type SigningPurpose,
  verifySigningRequest,
} from './signing.js';
export { AgentServer, type AgentServerOptions } from './agent-server.js';
export { dispatch } from './dispatch.js';
export { connectInProcess } from './in-process.js';
export { LinkClient, type LinkClientOptions } from './link-client.js';
export { LinkServer, type LinkServerOptions } from './link-server.js';
export type { LinkLog } from './log.js';
export { isWrongPeer } from './tls-client.js';
export { dialAgent, type DialOptions } from './dialled-connection.js';
export { sourceOf } from './ip.js';
