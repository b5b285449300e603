import { setTimeout as delay } from 'node:timers/promises';
import { createDockerEngine } from '@fairlead/engine';
import { type BenchFleet } from './bench-fleet.js';
import { bridge } from './bridge.js';
import { ms, seriesOf } from './measure.js';
import { type Finding } from './report.js';

const ROUNDS = 100;

/** From the engine's answer to somebody else's create until REST shows the network; asked once a millisecond. */
export async function measureVisible({ client, host }: BenchFleet): Promise<Finding[]> {
  const engine = createDockerEngine(host.engineUrl);
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const name = `seen-${round}`;
    const { id } = await engine.createNetwork(bridge(name));
    const answered = performance.now();
    const query = { host: [host.name], name };
    while ((await client.listNetworks({ query })).total === 0) await delay(1);
    samples.push(performance.now() - answered);
    await engine.removeNetwork(id);
  }
  engine.close();
  const { p50, p99, n } = seriesOf(samples);
  const what = '`docker network create` on a host until REST shows it';
  return [{ what, figures: `p50 ${ms(p50)}, p99 ${ms(p99)} (n=${n})`, aim: 'p99 under 150 ms' }];
}
