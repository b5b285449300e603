import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '@fairlead/api';
import { fillFleet } from '@fairlead/controller/standing-fleet';
import { ms, seriesOf, timed } from '../measure.js';
import { type Finding } from '../report.js';
import { memoryOf } from '../resident.js';
import { standingHosts } from './standing-hosts.js';

const ROUNDS = 20;
/** Between two pages of networks that are asked for meanwhile, and two looks at the memory. */
const ASK_EVERY_MS = 20;
const LOOK_EVERY_MS = 50;
const REST_MS = 3_000;

/** What policies say that are planned for. */
const POLICIES = {
  'every network unused for a second': { matchAll: true, unusedFor: '1s', minAge: '1s' },
  'as a policy would be': {
    hosts: 'env!=prod',
    match: [{ drivers: ['bridge'] }],
    exempt: [{ labels: 'keep' }, { projects: ['infra-*'] }, { names: ['monitoring*', '*_backend'] }],
    unusedFor: '14d',
  },
} as const;

/** Plans for so many hosts of 30 networks and 300 endpoints each, while people ask for lists. */
export async function measurePlanning(hosts: number): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  try {
    await fillFleet(folder, standingHosts(hosts));
    return await onController(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onController(folder: string): Promise<Finding[]> {
  const child = fork(join(import.meta.dirname, 'controller-main.js'), [folder], { stdio: 'inherit' });
  const gone = once(child, 'exit');
  try {
    const [told] = (await once(child, 'message')) as [{ readonly port: number; readonly token: string }];
    const headers = { authorization: `Bearer ${told.token}` };
    const client = createClient({ baseUrl: `http://127.0.0.1:${told.port}`, headers });
    const findings: Finding[] = [];
    for (const [what, spec] of Object.entries(POLICIES)) {
      await client.createPolicy({ body: { name: `bench-${findings.length}`, spec } });
      findings.push(await measure(client, `bench-${findings.length}`, what, child.pid ?? 0));
    }
    return findings;
  } finally {
    child.disconnect();
    await gone;
  }
}

async function measure(client: Client, policy: string, what: string, pid: number): Promise<Finding> {
  const plan = () => client.planPolicy({ params: { policy }, body: { limit: 1 } });
  const { summary } = await plan();
  await delay(REST_MS);
  const before = memoryOf(pid).resident;
  const alone = await asked(client, () => delay(REST_MS));
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, memoryOf(pid).resident)), LOOK_EVERY_MS);
  const plans: number[] = [];
  const meanwhile = await asked(client, async () => {
    for (let round = 0; round < ROUNDS; round++) plans.push(await timed(plan));
  });
  clearInterval(look);
  await delay(REST_MS);
  const { p50, p99 } = seriesOf(plans);
  const { hosts, networks, remove } = summary;
  const figures =
    `p50 ${ms(p50)}, longest ${ms(p99)} (n=${ROUNDS}); resident ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most, ` +
    `${memoryOf(pid).resident.toFixed(0)} MB after; a list of networks meanwhile p50 ${ms(meanwhile.p50)}, p99 ${ms(meanwhile.p99)} ` +
    `(n=${meanwhile.n}), without plans p99 ${ms(alone.p99)}`;
  return {
    what: `plan over ${hosts} hosts and ${networks} networks, ${what} (${remove} would go)`,
    figures,
    aim: 'under 2 s, memory flat, lists p99 under 250 ms',
  };
}

/** How long pages of networks take while the work goes on, asked for at a steady pace, one after the other. */
async function asked(client: Client, work: () => Promise<unknown>) {
  let done = false;
  const working = work().finally(() => (done = true));
  const samples: number[] = [];
  while (!done) {
    samples.push(await timed(() => client.listNetworks({ query: {} })));
    await delay(ASK_EVERY_MS);
  }
  await working;
  return seriesOf(samples);
}
