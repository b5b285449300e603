import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { aHost, anOperation } from '../../../test/views.js';

const hosts = { items: [aHost(), aHost({ name: 'demo-1', simulated: true })], total: 2, nextCursor: null };
const page = (...items: ReturnType<typeof anOperation>[]) => ({ items, total: items.length, nextCursor: null });

describe('operation ls', () => {
  it('shows what was done where, what came of it and how long it took', async () => {
    const connect = anOperation({ id: 'op-2', kind: 'connect', host: 'demo-1', outcome: null, state: 'dispatched' });
    const { out } = await fairlead('operation ls', {
      listHosts: () => hosts,
      listOperations: () =>
        page(anOperation({ id: 'op-1' }), {
          ...connect,
          target: { ...connect.target, container: 'one' },
          durationMs: null,
          error: { code: 'engine_failed', message: '', engineMessage: '', hint: '' },
        }),
    });
    expect(out).toBe(
      [
        'ID     HOST                 KIND      TARGET          OUTCOME      CREATED   TOOK   ERROR',
        'op-1   web-1                remove    my-net          succeeded    0ms ago   21ms',
        'op-2   demo-1 (simulated)   connect   one on my-net   dispatched   0ms ago          engine_failed',
        '',
      ].join('\n'),
    );
  });

  it('reads as many pages as the limit asks for', async () => {
    const { out, controller } = await fairlead('operation ls -q -n 3 --outcome unknown', {
      listHosts: () => hosts,
      listOperations: ({ query }) =>
        query.has('cursor')
          ? page(anOperation({ id: 'c' }), anOperation({ id: 'd' }))
          : { ...page(anOperation({ id: 'a' }), anOperation({ id: 'b' })), nextCursor: 'next' },
    });
    expect(out).toBe('a\nb\nc\n');
    const limits = controller.of('listOperations').map(({ query }) => [query.get('limit'), query.get('outcome')]);
    expect(limits).toEqual([
      ['3', 'unknown'],
      ['1', 'unknown'],
    ]);
  });
});

describe('operation inspect', () => {
  it('prints the REST view', async () => {
    const { out } = await fairlead('operation inspect op-1', { getOperation: () => anOperation() });
    expect(JSON.parse(out)).toEqual(anOperation());
  });
});
