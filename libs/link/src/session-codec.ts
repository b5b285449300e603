import { guarded } from './codec.js';
import type { AgentMessage, AgentMessage__Output } from './generated/fairlead/link/v1/AgentMessage.js';
import type { ControllerMessage, ControllerMessage__Output } from './generated/fairlead/link/v1/ControllerMessage.js';
import { countParts } from './message-parts.js';
import { agentLink } from './protocol.js';

const attach = agentLink.Attach;
if (attach === undefined) throw new Error('proto/fairlead/link/v1/link.proto has no Attach');

/** The messages of a session, `up` to the controller and `down` to the agent. They throw as `codec` does. */
export const sessionCodec = {
  encodeUp: (message: AgentMessage): Buffer =>
    guarded('A message to the controller', () => attach.requestSerialize(message)),
  decodeUp: (bytes: Buffer): AgentMessage__Output =>
    guarded('A message of the agent', () => {
      countParts(attach.requestType, bytes);
      return attach.requestDeserialize(bytes);
    }),
  encodeDown: (message: ControllerMessage): Buffer =>
    guarded('A message to the agent', () => attach.responseSerialize(message)),
  decodeDown: (bytes: Buffer): ControllerMessage__Output =>
    guarded('A message of the controller', () => {
      countParts(attach.responseType, bytes);
      return attach.responseDeserialize(bytes);
    }),
  /** Messages within a message to the controller: what it costs to read it. Throws as reading it would. */
  partsOfUp: (bytes: Buffer): number => guarded('A message of the agent', () => countParts(attach.requestType, bytes)),
};
