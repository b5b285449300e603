import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Finding } from '../report.js';
import { ms, seriesOf, times } from '../measure.js';
import { Site } from './site.js';

const HOSTS = 200;
const ROUNDS = 6;
const ROUND_S = 12;

/** What the neighbours of one hostile agent notice: live inspects of others' networks, with it and without it in turn. */
export async function measureHostile(): Promise<Finding[]> {
  const site = await Site.start();
  try {
    await site.addAgents('good', HOSTS - 1, HOSTS - 1);
    await site.addAgents('bad', 1, HOSTS);
    const samples = { calm: [] as number[], hostile: [] as number[] };
    const done: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of round % 2 === 0 ? (['calm', 'hostile'] as const) : (['hostile', 'calm'] as const)) {
        const attack = way === 'hostile' ? attackOn(site) : undefined;
        samples[way].push(...(await ask(site)));
        if (attack !== undefined) done.push(await attack);
      }
    }
    const [calm, hostile] = [seriesOf(samples.calm), seriesOf(samples.hostile)];
    const figures =
      `with it p50 ${ms(hostile.p50)}, p99 ${ms(hostile.p99)}; without p50 ${ms(calm.p50)}, p99 ${ms(calm.p99)}: ` +
      `${times(hostile.p99 / calm.p99)} at p99 (n=${hostile.n}); its last round: ${done.at(-1)?.trim() ?? ''}`;
    return [{ what: '1 hostile of 200 hosts floods: live inspect of the others', figures, aim: 'p99 at most 1.1x' }];
  } finally {
    await site.stop();
  }
}

/**
 * Runs for a round; resolves with what it did. Its own work is not to weigh on the others: an attacker has a machine of
 * his own, and this one has two cores for all.
 */
function attackOn(site: Site): Promise<string> {
  const file = join(site.file('bad'), 'bad-0', 'identity.json');
  const script = join(import.meta.dirname, 'hostile-main.js');
  const child = spawn('nice', ['-n', '19', process.execPath, script, site.linkAddress, file, `${ROUND_S}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => child.once('close', () => resolve(said)));
}

/** Looks at the networks of the good hosts for a round, one question every 20 ms. */
async function ask({ client }: Site): Promise<number[]> {
  const samples: number[] = [];
  const end = performance.now() + (ROUND_S - 1) * 1000;
  for (let count = 0; performance.now() < end; count++) {
    const params = { host: `good-${count % (HOSTS - 1)}`, network: 'bridge' };
    const started = performance.now();
    await client.getNetwork({ params, query: { live: true } });
    samples.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return samples;
}
