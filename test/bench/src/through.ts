import { createDockerEngine } from '@fairlead/engine';
import { type BenchFleet } from './bench-fleet.js';
import { bridge } from './bridge.js';
import { interleaved, ms, seriesOf, timed, times } from './measure.js';
import { type Finding } from './report.js';

const READS = 400;
const WRITES = 40;

type Ways = Record<'engine' | 'fairlead', number[]>;

/** REST -> controller -> agent -> engine against dockerode straight to the same engine. */
export async function measureThrough(bench: BenchFleet): Promise<Finding[]> {
  return [...(await measureReads(bench)), ...(await measureWrites(bench))];
}

async function measureReads({ client, host }: BenchFleet): Promise<Finding[]> {
  const straight = createDockerEngine(host.engineUrl);
  const params = { host: host.name, network: 'bench' };
  await client.createNetwork({ params, body: { name: params.network } });
  const reads = await interleaved(READS, {
    engine: () => straight.inspectNetwork(params.network),
    live: () => client.getNetwork({ params, query: { live: true } }),
    inventory: () => client.getNetwork({ params }),
  });
  await client.removeNetwork({ params });
  straight.close();
  const more = (time: number, base: number): string => `${ms(time - base)} more at p50`;
  return [
    finding('inspect, asked of the engine (`live=true`)', reads.live, reads.engine, more, 'at most 3 ms more at p50'),
    finding('inspect, from the inventory', reads.inventory, reads.engine, more, ''),
  ];
}

async function measureWrites({ client, host }: BenchFleet): Promise<Finding[]> {
  const straight = createDockerEngine(host.engineUrl);
  const params = { host: host.name, network: 'b' };
  const creates: Ways = { engine: [], fairlead: [] };
  const removes: Ways = { engine: [], fairlead: [] };
  const create = {
    engine: () => straight.createNetwork(bridge('a')),
    fairlead: () => client.createNetwork({ params, body: { name: params.network } }),
  };
  for (let round = 0; round < WRITES; round++) {
    // Whoever comes second meets what the first has left the engine to do.
    const order = round % 2 === 0 ? (['engine', 'fairlead'] as const) : (['fairlead', 'engine'] as const);
    for (const way of order) creates[way].push(await timed(() => create[way]()));
    const { id } = await straight.inspectNetwork('a');
    const remove = {
      engine: () => straight.removeNetwork(id),
      fairlead: () => client.removeNetwork({ params }),
    };
    for (const way of order) removes[way].push(await timed(() => remove[way]()));
  }
  straight.close();
  const ratio = (time: number, base: number): string => times(time / base);
  return [
    finding('create', creates.fairlead, creates.engine, ratio, 'at most 1.2x at p50'),
    finding('remove (looked at before and after, journaled)', removes.fairlead, removes.engine, ratio, ''),
  ];
}

function finding(
  what: string,
  ours: readonly number[],
  theirs: readonly number[],
  compare: (time: number, base: number) => string,
  aim: string,
): Finding {
  const [a, b] = [seriesOf(ours), seriesOf(theirs)];
  const both = `p50 ${ms(a.p50)}, p99 ${ms(a.p99)}; dockerode p50 ${ms(b.p50)}, p99 ${ms(b.p99)}`;
  return { what, figures: `${both}: ${compare(a.p50, b.p50)} (n=${a.n})`, aim };
}
