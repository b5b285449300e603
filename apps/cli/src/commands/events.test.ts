import type { EventView } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../test/run.js';
import { aHost, aNetwork, anOperation } from '../../test/views.js';
import { describeEvent } from './events.js';

const base = { id: '7', at: '2026-11-24T09:30:00.000Z', host: 'web-1' } as const;

describe('events', () => {
  it.each<[string, EventView]>([
    ['web-1  network.removed  my-net', { ...base, type: 'network.removed', data: { id: 'a', name: 'my-net' } }],
    ['web-1  network.created  my-net (bridge, 0 containers)', { ...base, type: 'network.created', data: aNetwork() }],
    ['web-1 (simulated)  host.changed  live', { ...base, type: 'host.changed', data: aHost({ simulated: true }) }],
    ['web-1  host.removed', { ...base, type: 'host.removed', data: { name: 'web-1' } }],
    [
      'web-1  operation.changed  remove web-1/my-net: succeeded',
      { ...base, type: 'operation.changed', data: anOperation() },
    ],
    ['resync  too long ago', { ...base, type: 'resync', host: null, data: { reason: 'too long ago' } }],
  ])('says %s', (line, event) => {
    expect(describeEvent(event)).toBe(`${base.at}  ${line}`);
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
});
