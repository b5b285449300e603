import type { EventView } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../test/run.js';
import { aClash, aHost, aNetwork, anOperation, aRun } from '../../test/views.js';
import { describeEvent } from './events.js';

const base = { id: '7', at: '2026-11-24T09:30:00.000Z', host: 'web-1' } as const;

describe('events', () => {
  it.each<[string, EventView]>([
    ['web-1  network.removed  my-net', { ...base, type: 'network.removed', data: { id: 'a', name: 'my-net' } }],
    ['web-1  network.created  my-net (bridge, 0 containers)', { ...base, type: 'network.created', data: aNetwork() }],
    ['web-1  host.changed  live', { ...base, type: 'host.changed', data: aHost() }],
    [
      'demo-1 (simulated)  network.removed  my-net',
      { ...base, host: 'demo-1', type: 'network.removed', data: { id: 'a', name: 'my-net' } },
    ],
    ['web-1  host.removed', { ...base, type: 'host.removed', data: { name: 'web-1' } }],
    [
      'web-1  operation.changed  remove web-1/my-net: succeeded',
      { ...base, type: 'operation.changed', data: anOperation() },
    ],
    [
      'web-2  host.quarantined  ALARM: two machines use the identity of web-2: 10.0.0.7:40312 (instance i-1) and ' +
        '10.0.0.8:51844 (instance i-2). Say which one stays: fairlead host resolve web-2 --keep INSTANCE_OR_ADDRESS',
      { ...base, host: 'web-2', type: 'host.quarantined', data: aClash() },
    ],
    [
      'run.changed  nightly run-1: running, 1 removed of 3',
      {
        ...base,
        type: 'run.changed',
        host: null,
        data: aRun({
          id: 'run-1',
          state: 'running',
          outcome: null,
          reason: '',
          progress: { total: 3, done: 1, removed: 1, kept: 0, failed: 0, undone: 0, skipped: 0 },
        }),
      },
    ],
    [
      'freeze.changed  frozen by ann since 2026-11-24T09:30:00.000Z: incident 42',
      {
        ...base,
        type: 'freeze.changed',
        host: null,
        data: { frozen: true, actor: 'ann', at: base.at, reason: 'incident 42' },
      },
    ],
    ['resync  too long ago', { ...base, type: 'resync', host: null, data: { reason: 'too long ago' } }],
  ])('says %s', (line, event) => {
    expect(describeEvent(event, new Set(['demo-1']))).toBe(`${base.at}  ${line}`);
  });

  it('follows what was asked for', async () => {
    const stop = new AbortController();
    const asked: string[] = [];
    const stream: typeof fetch = (url) => {
      asked.push(new URL(url).search);
      stop.abort();
      return Promise.resolve(new Response('', { headers: { 'content-type': 'text/event-stream' } }));
    };
    const line = 'events -o json --on env=prod --type network.created --type network.removed --network shop_*';
    await fairlead(line, {}, { fetch: stream, interrupted: () => stop.signal });
    expect(asked).toEqual(['?on=env%3Dprod&type=network.created&type=network.removed&network=shop_*']);
  });

  it('refuses a type that there is not, naming those there are', async () => {
    const { exitCode, err } = await fairlead('events --type network.gone', {});
    expect(exitCode).toBe(2);
    expect(err).toContain('network.removed');
  });

  it('prints one line of JSON for each event, and ends at Ctrl-C', async () => {
    const stop = new AbortController();
    const events: EventView[] = [
      { ...base, type: 'network.removed', data: { id: 'a', name: 'my-net' } },
      { ...base, id: '8', type: 'host.removed', data: { name: 'web-1' } },
    ];
    const asked: string[] = [];
    const stream: typeof fetch = (url, init) => {
      asked.push(`${url as string} ${new Headers(init?.headers).get('last-event-id')}`);
      const body = events.map((event) => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`).join('');
      return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
    };
    const ran = await fairlead(
      'events -o json --host web-1 --after 6',
      {},
      {
        fetch: stream,
        interrupted: () => stop.signal,
        sleep: () => Promise.resolve(stop.abort()),
      },
    );
    expect(
      ran.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(events);
    expect(ran.err).toContain('trying again');
    expect(ran.exitCode).toBe(0);
    expect(asked).toEqual(['http://127.0.0.1:7800/api/v1/events?host=web-1 6']);
  });

  it('outlasts the refusals of a controller that has just started, and goes on after the last event', async () => {
    const stop = new AbortController();
    const event: EventView = { ...base, type: 'network.removed', data: { id: 'a', name: 'my-net' } };
    const after: (string | null)[] = [];
    const stream: typeof fetch = (_, init) => {
      after.push(new Headers(init?.headers).get('last-event-id'));
      if (after.length === 2) return Promise.resolve(new Response('', { status: 401 }));
      if (after.length > 2) stop.abort();
      const body = `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
      return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
    };
    const { exitCode } = await fairlead('events -o json', {}, { fetch: stream, interrupted: () => stop.signal });
    expect(exitCode).toBe(0);
    expect(after).toEqual([null, '7', '7']);
  });

  it('says for people which hosts are simulated, also of those that come later', async () => {
    const stop = new AbortController();
    const removed = { type: 'network.removed', data: { id: 'a', name: 'my-net' } } as const;
    const events: EventView[] = [
      { ...base, ...removed },
      { ...base, id: '8', host: 'demo-1', ...removed },
      { ...base, id: '9', host: 'demo-2', type: 'host.changed', data: aHost({ name: 'demo-2', simulated: true }) },
      { ...base, id: '10', host: 'demo-2', ...removed },
    ];
    const hosts = {
      items: [aHost({ name: 'web-1' }), aHost({ name: 'demo-1', simulated: true })],
      total: 2,
      nextCursor: null,
    };
    const answer: typeof fetch = (url) => {
      if ((url as string).includes('/hosts?')) return Promise.resolve(Response.json(hosts));
      const body = events.map((event) => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`).join('');
      return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
    };
    const around = { fetch: answer, interrupted: () => stop.signal, sleep: () => Promise.resolve(stop.abort()) };
    const { out } = await fairlead('events', {}, around);
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringContaining('  web-1  network.removed'),
      expect.stringContaining('  demo-1 (simulated)  network.removed'),
      expect.stringContaining('  demo-2 (simulated)  host.changed'),
      expect.stringContaining('  demo-2 (simulated)  network.removed'),
    ]);
  });
});
