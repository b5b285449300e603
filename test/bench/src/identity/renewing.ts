import { setTimeout as delay } from 'node:timers/promises';
import { type Finding } from '../report.js';
import { ms, seriesOf } from '../measure.js';
import { cpuOf, Site } from './site.js';

const HOSTS = 1_000;
const PROCESSES = 2;
/** So short that all hosts renew while it is looked on. */
const LIFE_MS = 240_000;
const PARALLEL = 4;

/** 1,000 simulated hosts renew their certificates while commands go to all of them. */
export async function measureRenewing(): Promise<Finding[]> {
  const site = await Site.start(['--certificate-life', `${LIFE_MS / 1000}s`]);
  try {
    for (let index = 1; index <= PROCESSES; index++) {
      await site.addAgents(`site-${index}`, HOSTS / PROCESSES, (HOSTS / PROCESSES) * index);
    }
    return await renew(site);
  } finally {
    await site.stop();
  }
}

async function renew(site: Site): Promise<Finding[]> {
  const generations = async (): Promise<Map<string, number>> =>
    new Map(
      (await site.client.listHosts()).items.map((host) => [host.name, host.identity.certificate?.generation ?? 0]),
    );
  const before = await generations();
  const names = [...before.keys()];
  const [begun, cpu] = [performance.now(), cpuOf(site.controllerPid)];
  const tally = { done: 0, lost: 0, times: [] as number[] };
  const renewed = async (): Promise<number> =>
    [...(await generations())].filter(([name, generation]) => generation > (before.get(name) ?? 0)).length;
  let count = 0;
  const work = async (worker: number): Promise<void> => {
    for (let round = worker; count < HOSTS && performance.now() - begun < 2 * LIFE_MS; round += PARALLEL) {
      await command(site, names[round % names.length] ?? '', `r${round}`, tally);
    }
  };
  const watch = async (): Promise<void> => {
    while ((count = await renewed()) < HOSTS && performance.now() - begun < 2 * LIFE_MS) await delay(2_000);
  };
  await Promise.all([watch(), ...Array.from({ length: PARALLEL }, (_, worker) => work(worker))]);
  const seconds = (performance.now() - begun) / 1000;
  const { p50, p99 } = seriesOf(tally.times);
  const load = (cpuOf(site.controllerPid) - cpu) / 10 / seconds;
  const figures =
    `${count} renewed in ${seconds.toFixed(0)} s; ${tally.done} creates and removals meanwhile, ${tally.lost} lost; ` +
    `p50 ${ms(p50)}, p99 ${ms(p99)}; controller at ${load.toFixed(0)} % of a core`;
  return [{ what: '1,000 simulated hosts renew while commands go on', figures, aim: 'no operation lost' }];
}

async function command(
  { client }: Site,
  host: string,
  network: string,
  tally: { done: number; lost: number; times: number[] },
): Promise<void> {
  const started = performance.now();
  try {
    await client.createNetwork({ params: { host }, body: { name: network } });
    await client.removeNetwork({ params: { host, network } });
    tally.done += 2;
    tally.times.push((performance.now() - started) / 2);
  } catch {
    tally.lost += 1;
  }
}
