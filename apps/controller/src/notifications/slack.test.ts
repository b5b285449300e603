import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aNotice } from '../testing/notices.js';
import { HttpReceiver } from '../testing/receivers.js';
import { type Notice } from './notice.js';
import { slackSender } from './slack.js';

let receiver: HttpReceiver;
beforeEach(async () => {
  receiver = await HttpReceiver.start();
});
afterEach(() => receiver.stop());

const PUBLIC = new URL('https://fairlead.example/?a=1');

/** The message as the chat gets it. */
async function told(notice: Notice, publicUrl: URL | null = null): Promise<string> {
  const send = slackSender(
    { name: 'chat', kind: 'slack', url: new URL(`${receiver.url}/services/T0/B0/s3cret`) },
    { publicUrl, now: () => 0, limitMs: 10_000 },
  );
  expect(await send(notice, new AbortController().signal)).toEqual({ kind: 'delivered', remark: null });
  const { headers, body } = receiver.received.at(-1)!;
  expect(headers['content-type']).toBe('application/json');
  const message = JSON.parse(body) as { text: string };
  expect(Object.keys(message)).toEqual(['text']);
  return message.text;
}

describe('a message to a chat', () => {
  it('says what happened, in the shape that Slack, Mattermost and Rocket.Chat take', async () => {
    expect(await told(aNotice(), PUBLIC)).toBe(
      `Cleanup policy 'nightly' has finished
12 networks removed, 2 kept
Policy: nightly, version 3
Run: 0199-r, 2026-11-24T01:00:09.000Z
https://fairlead.example/api/v1/runs/0199-r`,
    );
  });

  it('counts what a run has done that is held, whose text does not', async () => {
    const text = await told(aNotice({ event: 'held', text: 'frozen by ann' }));
    expect(text.split('\n').slice(1, 3)).toEqual(['frozen by ann', 'Networks: 12 removed, 2 kept']);
  });

  it.each([
    ['<!channel> a & b', '&lt;!channel&gt; a &amp; b'],
    ['<https://evil.example|run>', '&lt;https://evil.example|run&gt;'],
    ['&lt;!here&gt;', '&amp;lt;!here&amp;gt;'],
    ['@all @channel', '@\u200ball @\u200bchannel'],
    ['[run](https://evil.example)', '[run]\u200b(https://evil.example)'],
    ['shop_default *web*', 'shop_default *web*'],
    ['a\u0000b\u001bc\u202ed', 'a\ufffdb\ufffdc\ufffdd'],
  ])('lets %j mean nothing', async (name, shown) => {
    const policy = { id: 'p', name, version: 1 };
    const text = await told(aNotice({ title: name, text: `kept ${name}`, policy }));
    expect(text.split('\n').slice(0, 3)).toEqual([shown, `kept ${shown}`, `Policy: ${shown}, version 1`]);
  });

  it('keeps a title and the name of a policy to their lines', async () => {
    const policy = { id: 'p', name: 'a\nRun: forged', version: 1 };
    const text = await told(aNotice({ title: 'b\r\nRun: forged', policy, counts: {}, text: 'c' }));
    expect(text.split('\n').slice(0, 3)).toEqual(['b Run: forged', 'c', 'Policy: a Run: forged, version 1']);
  });

  it('is cut where it is too long, and keeps its link', async () => {
    const text = await told(aNotice({ text: '<'.repeat(100_000) }), PUBLIC);
    expect(text.length).toBeLessThan(4_000 * 4 + 100);
    expect(text).toMatch(/…\nhttps:\/\/fairlead\.example\/api\/v1\/runs\/0199-r$/);
  });
});
