import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { aNotice } from '../testing/notices.js';
import { HttpReceiver } from '../testing/receivers.js';
import { until } from '../testing/rig.js';
import { retryAfter } from './http-post.js';
import { type Notice } from './notice.js';
import { type Outcome } from './outcome.js';
import { webhookSender } from './webhook.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let receiver: HttpReceiver;
beforeEach(async () => {
  receiver = await HttpReceiver.start();
});
afterEach(() => receiver.stop());

interface Wish {
  readonly notice?: Notice;
  readonly url?: string;
  readonly publicUrl?: URL | null;
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
  readonly now?: number;
}

function send(wish: Wish = {}): Promise<Outcome> {
  const { notice = aNotice(), url = `${receiver.url}/in/s3cret-path`, publicUrl = null, limitMs = 10_000 } = wish;
  const { signal = new AbortController().signal, now = Date.now() } = wish;
  const config = { name: 'hook', kind: 'webhook', url: new URL(url), secret: SECRET } as const;
  return webhookSender(config, { publicUrl, now: () => now, limitMs })(notice, signal);
}

describe('a webhook', () => {
  it('is signed so that the verifier of Standard Webhooks takes it', async () => {
    const notice = aNotice({ event: 'approval-needed' });
    expect(await send({ notice })).toEqual({ kind: 'delivered', remark: null });
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
    expect(headers).toMatchObject({ 'webhook-id': notice.id, 'content-type': 'application/json' });
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toEqual({
      type: 'run.approval-needed',
      timestamp: '2026-11-24T01:00:09.000Z',
      data: {
        policy: { id: '0199-p', name: 'nightly', version: 3 },
        runId: '0199-r',
        outcome: 'done',
        title: notice.title,
        text: notice.text,
        counts: { removed: 12, kept: 2 },
        link: '/api/v1/runs/0199-r',
      },
    });
  });

  it('is as the guide shows it', async () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guides/notifications.md'), 'utf8');
    await send();
    const sent = receiver.received[0]?.body.replaceAll(/0199-[pr]/g, '0199…') ?? '';
    expect(JSON.parse(/```json\n(.*?)```/s.exec(guide)?.[1] ?? '')).toEqual(JSON.parse(sent));
  });

  it('is not taken when its text, its id or its time was changed on the way', async () => {
    await send();
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
    const given = headers as Record<string, string>;
    const verify = (text: string, changed: object): unknown =>
      new Webhook(SECRET).verify(text, { ...given, ...changed });
    expect(() => verify(body, {})).not.toThrow();
    expect(() => verify(body.replace('12', '13'), {})).toThrow();
    expect(() => verify(body, { 'webhook-id': 'another' })).toThrow();
    expect(() => verify(body, { 'webhook-timestamp': String(Number(given['webhook-timestamp']) + 1) })).toThrow();
  });

  it('says when this attempt was made, whenever the notice was', async () => {
    await send({ now: 1_900_000_000_999 });
    expect(receiver.received[0]?.headers['webhook-timestamp']).toBe('1900000000');
  });

  it('links to where people reach REST', async () => {
    await send({ publicUrl: new URL('https://fairlead.example:7800') });
    expect(receiver.received[0]?.body).toContain('"link":"https://fairlead.example:7800/api/v1/runs/0199-r"');
  });

  it.each([500, 502, 503, 401, 403, 404, 405, 408, 425, 429])(
    'may be sent again after an answer of %d',
    async (status) => {
      receiver.reactions.push(status);
      expect(await send()).toEqual({ kind: 'failed', error: `answered ${status}`, retryAfterMs: 0 });
    },
  );

  it.each([400, 410, 413, 422])('is refused for good by an answer of %d', async (status) => {
    receiver.reactions.push(status);
    expect(await send()).toEqual({ kind: 'refused', error: `answered ${status}` });
  });

  it.each([301, 302, 307, 308])('does not follow a redirect (%d)', async (status) => {
    receiver.reactions.push([status, { location: `${receiver.url}/elsewhere` }]);
    const error = `answered ${status}: redirects are not followed`;
    expect(await send()).toEqual({ kind: 'failed', error, retryAfterMs: 0 });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/in/s3cret-path']);
  });

  it('is told how long to wait', async () => {
    receiver.reactions.push([429, { 'retry-after': '120' }]);
    expect(await send()).toMatchObject({ kind: 'failed', retryAfterMs: 120_000 });
  });

  it('is given up when no answer comes in time', async () => {
    receiver.reactions.push(() => undefined);
    expect(await send({ limitMs: 50 })).toEqual({ kind: 'failed', error: 'no answer within 0.05 s', retryAfterMs: 0 });
  });

  it('does not wait for the end of an answer', async () => {
    receiver.reactions.push((response) => void response.writeHead(200).write('and so on'));
    expect(await send()).toEqual({ kind: 'delivered', remark: null });
    await until('the connection is let go', () => receiver.open === 0);
  });

  it('is cut off when it is told to be', async () => {
    const cut = new AbortController();
    receiver.reactions.push(() => cut.abort());
    expect(await send({ signal: cut.signal })).toMatchObject({ kind: 'failed' });
  });

  it.each([
    ['there is no such host', (): string => 'https://s3cret-path.invalid/'],
    ['it speaks no TLS', (): string => `${receiver.url.replace('http:', 'https:')}/s3cret-path`],
    ['fetch bars the port', (): string => 'http://127.0.0.1:1/s3cret-path'],
  ])('names no address where %s', async (_, url) => {
    const outcome = await send({ url: url() });
    expect(outcome).toMatchObject({ kind: 'failed', error: expect.stringMatching(/^could not be reached \(/) });
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|127\.0\.0\.1|invalid/);
  });

  it('may be sent again where nobody listens', async () => {
    await receiver.stop();
    expect(await send()).toEqual({ kind: 'failed', error: 'could not be reached (ECONNREFUSED)', retryAfterMs: 0 });
  });

  it('may fail because the connection is cut', async () => {
    receiver.reactions.push((response) => response.destroy());
    expect(await send()).toEqual({
      kind: 'failed',
      error: 'could not be reached (UND_ERR_SOCKET)',
      retryAfterMs: 0,
    });
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T01:00:00Z');
  it.each([
    [null, 0],
    ['0', 0],
    ['90', 90_000],
    ['Tue, 24 Nov 2026 01:02:00 GMT', 120_000],
    ['Tue, 24 Nov 2026 00:59:00 GMT', 0],
    ['soon', 0],
    ['-5', 0],
    ['', 0],
  ])('of %j is %d ms', (text, ms) => {
    expect(retryAfter(text, now)).toBe(ms);
  });
});
