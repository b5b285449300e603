import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchFleet } from '../bench-fleet.js';
import { ms, seriesOf } from '../measure.js';
import { type Finding } from '../report.js';

const ROUNDS = 7;

/** From the start of the printed command on a host until REST shows the first row of its inventory. */
export async function measureJoining({ fleet, client, host }: BenchFleet): Promise<Finding[]> {
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await fleet.killAgent(host);
    await client.removeHost({ params: { host: host.name } });
    rmSync(fleet.agentFolder(host), { recursive: true });
    const env = { FAIRLEAD_AGENT_JOIN_TOKEN: await fleet.joinToken() };
    const flags = ['--name', host.name, '--controller', await fleet.linkAddress()];
    const query = { host: [host.name], limit: 1 };
    const started = performance.now();
    fleet.launchAgent(host, flags, env);
    for (;;) {
      // Until it has joined there is no such host, which is an error.
      const page = await client.listNetworks({ query }).catch(() => undefined);
      if ((page?.total ?? 0) > 0) break;
      await delay(5);
    }
    samples.push(performance.now() - started);
  }
  const { p50, n } = seriesOf(samples);
  const figures = `median ${ms(p50)}, longest ${ms(Math.max(...samples))} (n=${n})`;
  return [{ what: 'the join command until REST shows the first row', figures, aim: 'under 2 s' }];
}
