import { type EventView, type NetworkPageView, PROBLEM_MEDIA_TYPE, toProblem } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { FakeController } from '../../../test/fake-controller.js';
import { fairlead, NOW } from '../../../test/run.js';
import { aHost, aNetwork } from '../../../test/views.js';

const page = (...items: ReturnType<typeof aNetwork>[]): NetworkPageView => ({
  items,
  total: items.length,
  nextCursor: null,
  unavailableHosts: [],
  unavailableTotal: 0,
});

const created: EventView = {
  id: '7',
  at: '2026-11-24T09:30:00.000Z',
  type: 'network.created',
  host: 'web-1',
  data: aNetwork(),
};
const wentSilent: EventView = { ...created, id: '8', type: 'host.changed', data: aHost({ freshness: 'stale' }) };

/** What a list meets while it is watched. */
interface Stage {
  /** An event, told after the list that is being answered. */
  tell(event: EventView): void;
  /** The controller goes away, and is back after so many attempts and so many that it refuses, with this status. */
  restart(attempts: number, refusals?: number, status?: 401 | 429): void;
  /** The list is still on its way when all of that has happened. */
  linger(): void;
  /** Milliseconds since the start. */
  readonly time: number;
}

interface Scene {
  readonly screenRows?: number;
  readonly env?: Record<string, string>;
}

/** Watches with a clock of its own; each list is answered by the next of the steps, and after the last comes Ctrl-C. */
async function watch(line: string, steps: readonly ((stage: Stage) => NetworkPageView)[], scene: Scene = {}) {
  const stop = new AbortController();
  const listed: number[] = [];
  const attempts: string[] = [];
  let time = 0;
  let away = 0;
  let refusing = 0;
  let refusal = 401;
  let lingering = false;
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stage = {
    tell: (event: EventView) => {
      const text = `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
      setImmediate(() => stream?.enqueue(new TextEncoder().encode(text)));
    },
    restart: (count: number, refusals = 0, status = 401) => {
      away = count;
      refusing = refusals;
      refusal = status;
      setImmediate(() => stream?.error(new TypeError('terminated')));
    },
    linger: () => {
      lingering = true;
    },
    get time() {
      return time;
    },
  };
  const refuse = (): Response => {
    if (refusal === 401) return new Response('', { status: 401 });
    const body = toProblem(new FairleadError('overloaded', 'too many streams'), { instance: '/x' });
    return Response.json(body, { status: body.status, headers: { 'content-type': PROBLEM_MEDIA_TYPE } });
  };
  const controller = new FakeController({
    listNetworks: () => {
      listed.push(time);
      return steps[listed.length - 1]!(stage);
    },
  });
  const follow: typeof fetch = async (url, init) => {
    if (!(url as string).includes('/events')) {
      const answer = await controller.fetch(url, init);
      for (let turn = 0; lingering && turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      lingering = false;
      return answer;
    }
    attempts.push(new URL(url).search);
    if (away-- > 0) throw new TypeError('fetch failed');
    if (refusing-- > 0) return refuse();
    const body = new ReadableStream<Uint8Array>({ start: (opened) => void (stream = opened) });
    init?.signal?.addEventListener('abort', () => stream?.error(init.signal?.reason));
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (listed.length >= steps.length) stop.abort();
    if (!signal?.aborted) time += ms;
  };
  const ran = await fairlead(
    line,
    {},
    { ...scene, fetch: follow, sleep, interrupted: () => stop.signal, now: () => NOW + time },
  );
  return { ...ran, listed, attempts, asked: controller.asked };
}

const shop = aNetwork({ id: 'b'.repeat(64), name: 'shop_default' });

describe('network ls --watch, where nobody looks on', () => {
  it('prints the rows, and then those that come, change and go', async () => {
    const changed = aNetwork({ containers: { total: 1, running: 1 } });
    const { out, err, exitCode } = await watch('network ls --watch', [
      (stage) => (stage.tell(created), page(aNetwork())),
      (stage) => (stage.tell(created), page(changed, shop)),
      () => page(shop),
    ]);
    expect(out.split('\n').map((text) => text.split(/ {2,}/).slice(0, 4).join(' '))).toEqual([
      'CHANGE HOST NETWORK ID NAME',
      'ADDED web-1 798b0f9e2c1c my-net',
      'CHANGED web-1 798b0f9e2c1c my-net',
      'ADDED web-1 bbbbbbbbbbbb shop_default',
      'REMOVED web-1 798b0f9e2c1c my-net',
      '',
    ]);
    const columns = out
      .trimEnd()
      .split('\n')
      .map((text) => text.search(/HOST|web-1/));
    expect(new Set(columns).size).toBe(1);
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 });
  });

  it('prints one JSON object a line, and no row that only was looked at again', async () => {
    const { out } = await watch('network ls -w -o json', [
      (stage) => (stage.tell(created), page(aNetwork())),
      (stage) => (stage.tell(created), page(aNetwork({ asOf: '2026-11-24T09:31:00.000Z' }))),
      () => page(),
    ]);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: 'ADDED', network: aNetwork() },
      { type: 'REMOVED', network: aNetwork({ asOf: '2026-11-24T09:31:00.000Z' }) },
    ]);
  });

  it('asks the controller for what the filters leave, and for events of these hosts only', async () => {
    const { asked, attempts } = await watch(
      'network ls -w --on env=prod --filter driver=bridge --limit 3 --sort name',
      [() => page()],
    );
    expect(attempts).toEqual([
      '?on=env%3Dprod&type=host.changed&type=host.removed&type=network.created&type=network.changed&type=network.removed',
    ]);
    expect(asked.map(({ query }) => query.toString())).toEqual(['on=env%3Dprod&driver=bridge&sort=name&limit=3']);
  });

  it('lists no more than once a second, however much happens', async () => {
    const busy = (stage: Stage) => {
      for (let nth = 0; nth < 50; nth++) stage.tell(created);
      return page(aNetwork());
    };
    const { listed } = await watch('network ls -w', [busy, busy, busy, busy]);
    const gaps = listed.slice(1).map((time, index) => time - listed[index]!);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1000);
  });

  it('shows that a host has gone silent, and says so beside the list', async () => {
    const silent = { freshness: 'stale', asOf: '2026-11-24T09:29:00.000Z' } as const;
    const { out, err } = await watch('network ls -w', [
      (stage) => (stage.tell(wentSilent), page(aNetwork())),
      () => ({ ...page(aNetwork(silent)), unavailableHosts: [{ name: 'web-1', ...silent }], unavailableTotal: 1 }),
    ]);
    expect(out).toMatch(/\nCHANGED .* stale 1m 1s\n$/);
    expect(err).toContain('web-1 (stale');
  });

  it('sees what time alone changes within a minute', async () => {
    const { out, listed } = await watch('network ls -w --filter unused-for=30d', [() => page(), () => page(shop)]);
    expect(out).toContain('shop_default');
    expect(listed[1]).toBeGreaterThanOrEqual(60_000);
  });

  it('goes on once a controller that has gone away is back, and says both', async () => {
    const { out, err, exitCode, attempts } = await watch('network ls -w', [
      (stage) => (stage.restart(3), page(aNetwork())),
      () => page(aNetwork(), shop),
    ]);
    expect(err.match(/trying again/g)).toHaveLength(1);
    expect(err).toMatch(/trying again …\nup to date again\n$/);
    expect(out).toContain('shop_default');
    expect(attempts).toHaveLength(5);
    expect(exitCode).toBe(0);
  });

  it('is not up to date again before the stream is, though a list that was on its way still came', async () => {
    const { err } = await watch('network ls -w', [
      (stage) => (stage.linger(), stage.restart(3), page(aNetwork())),
      () => page(aNetwork(), shop),
    ]);
    expect(err).toMatch(/^[^\n]*; trying again …\nup to date again\n$/);
  });

  it('outlasts a controller that has too many streams, as those that were lost still count', async () => {
    const { out, err, exitCode } = await watch('network ls -w', [
      (stage) => (stage.restart(1, 30, 429), page(aNetwork())),
      () => page(aNetwork(), shop),
    ]);
    expect(exitCode).toBe(0);
    expect(err).toMatch(/trying again …\nup to date again\n$/);
    expect(out).toContain('shop_default');
  });

  it('outlasts refusals of a controller that has just started, but not for ever', async () => {
    const first = (refusals: number) => (stage: Stage) => (stage.restart(1, refusals), page(aNetwork()));
    expect(await watch('network ls -w', [first(5), () => page(shop)])).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('shop_default'),
    });
    const { exitCode, err } = await watch('network ls -w', [first(100), () => page(shop)]);
    expect(exitCode).toBe(4);
    expect(err).toContain('error: ');
  });

  it('tries again where the controller has too much to do, and ends where trying again is no use', async () => {
    const { err, exitCode } = await watch('network ls -w', [
      (stage) => (stage.tell(created), page(aNetwork())),
      () => {
        throw new FairleadError('overloaded', 'too many requests');
      },
      (stage) => (stage.tell(created), page(shop)),
      () => {
        throw new FairleadError('forbidden', 'the token was revoked');
      },
      () => page(),
    ]);
    expect(err).toBe('too many requests; trying again …\nup to date again\nerror: the token was revoked\n');
    expect(exitCode).toBe(4);
  });

  it('fails at once where there is no controller', async () => {
    const { exitCode, err } = await fairlead(
      'network ls -w',
      {},
      { fetch: () => Promise.reject(new TypeError('fetch failed')) },
    );
    expect(exitCode).toBe(1);
    expect(err).toContain('No controller answers');
  });

  it.each(['-q', '-o name', '--overlays'])('refuses %s', async (flag) => {
    const { exitCode, err, controller } = await fairlead(`network ls --watch ${flag}`, {});
    expect(exitCode).toBe(2);
    expect(err).toContain('--watch shows networks as a table');
    expect(controller.asked).toEqual([]);
  });
});

describe('network ls --watch on a screen', () => {
  const screen = { screenRows: 6 };

  it('draws the list over itself on the other screen, and gives the screen back', async () => {
    const { out, exitCode } = await watch(
      'network ls --watch',
      [(stage) => (stage.tell(created), page(aNetwork())), () => page(aNetwork(), shop)],
      screen,
    );
    const frames = out.split('\u001b[H');
    expect(frames).toHaveLength(3);
    expect(frames[0]).toBe('\u001b[?1049h\u001b[?25l\u001b[?7l');
    expect(frames[1]).toMatch(
      /^HOST .*\u001b\[K\r\nweb-1 .*\u001b\[K\r\n-- 1 network, as of .*; Ctrl-C ends\u001b\[K\u001b\[J$/,
    );
    expect(frames[2]).toContain('shop_default');
    expect(frames[2]!.endsWith('\u001b[J\u001b[?7h\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(exitCode).toBe(0);
  });

  it('shows as much as there is room for, and reads one page only', async () => {
    const many = Array.from({ length: 500 }, (_, nth) => aNetwork({ id: `${nth}`, name: `net-${nth}` }));
    const { out, asked } = await watch(
      'network ls --watch',
      [() => ({ ...page(...many), total: 300_000, nextCursor: 'more' })],
      screen,
    );
    expect(out).toContain('net-3');
    expect(out).not.toContain('net-4');
    expect(out).toContain('-- the first 4 of 300000 networks');
    expect(asked).toHaveLength(1);
  });

  it('says there why it is not up to date, and lets no name steer the terminal', async () => {
    const { out, err } = await watch(
      'network ls --watch',
      [(stage) => (stage.restart(2), page(aNetwork({ name: 'a\u001b[2Jb' }))), () => page(shop)],
      screen,
    );
    const frames = out.split('\u001b[H');
    expect(frames[1]).toContain('a\\u001b[2Jb');
    expect(frames[2]).toContain('No controller answers');
    expect(frames.at(-1)).not.toContain('No controller answers');
    expect(err).toBe('');
  });

  it('gives the screen back before an error is said', async () => {
    const { out, err } = await watch(
      'network ls --watch',
      [
        (stage) => (stage.tell(created), page(aNetwork())),
        () => {
          throw new FairleadError('forbidden', 'the token was revoked');
        },
        () => page(),
      ],
      screen,
    );
    expect(out.endsWith('\u001b[?1049l')).toBe(true);
    expect(err).toBe('error: the token was revoked\n');
  });

  it.each<[string, Scene]>([
    ['network ls --watch -o json', screen],
    ['network ls --watch', { ...screen, env: { TERM: 'dumb' } }],
  ])('prints changes line by line all the same: %s', async (line, scene) => {
    const { out } = await watch(line, [() => page(aNetwork())], scene);
    expect(out).toContain('ADDED');
    expect(out).not.toContain('\u001b');
  });
});
