import { Webhook } from 'standardwebhooks';
import { toTimestamp } from '../clock.js';
import { type WebhookConfig } from './channel-config.js';
import { post } from './http-post.js';
import { type Notice } from './notice.js';
import { linkOf } from './notice-text.js';
import { type Send, type Surroundings } from './send.js';

/**
 * Signs by Standard Webhooks 1.0: the id stays the same over all attempts, the timestamp is that of the attempt.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSender({ url, secret }: WebhookConfig, { publicUrl, now, limitMs }: Surroundings): Send {
  const webhook = new Webhook(secret);
  return (notice, signal) => {
    const at = now();
    const body = JSON.stringify(payloadOf(notice, linkOf(notice, publicUrl)));
    const headers = {
      'webhook-id': notice.id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': webhook.sign(notice.id, new Date(at), body),
    };
    return post({ url, headers, body, now: at, signal, limitMs });
  };
}

const payloadOf = ({ event, at, policy, runId, outcome, title, text, counts }: Notice, link: string) => ({
  type: `run.${event}`,
  timestamp: toTimestamp(at),
  data: { policy, runId, outcome, title, text, counts, link },
});
