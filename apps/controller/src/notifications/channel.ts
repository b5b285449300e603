import { type ChannelConfig, type ChannelKind } from './channel-config.js';
import { emailSender } from './email.js';
import { type Send, type Surroundings } from './send.js';
import { slackSender } from './slack.js';
import { webhookSender } from './webhook.js';

export interface Channel {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly send: Send;
}

export function createChannel(config: ChannelConfig, surroundings: Surroundings): Channel {
  const { name, kind } = config;
  return { name, kind, send: senderOf(config, surroundings) };
}

function senderOf(config: ChannelConfig, surroundings: Surroundings): Send {
  switch (config.kind) {
    case 'webhook':
      return webhookSender(config, surroundings);
    case 'email':
      return emailSender(config, surroundings);
    case 'slack':
      return slackSender(config, surroundings);
  }
}
