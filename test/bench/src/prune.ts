import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningAgent, startAgent } from '@fairlead/agent/start';
import { createDockerEngine, type EnginePort } from '@fairlead/engine';
import { images, Lab, type LabHost } from '@fairlead/lab';
import { codec, type PruneItemResult } from '@fairlead/link';
import { bridge } from './bridge.js';
import { ms, seriesOf, timed, times } from './measure.js';
import { type Finding } from './report.js';

/** Containers of the host that never ran, which every look has to read. */
const CONTAINERS = 20;
const WAYS = ['engine', 'single', 'fairlead'] as const;
type Way = (typeof WAYS)[number];

/**
 * The removal of so many unused networks by the engine's own prune, by a DELETE for each, and by an agent with its
 * journal on a disk, in turn on one engine of the lab.
 * @param iptables whether the engine writes firewall rules, which is most of what a removal takes
 */
export async function measurePrune(networks: number, rounds: number, iptables: boolean): Promise<Finding[]> {
  const lab = await Lab.start({ hosts: 1, iptables });
  try {
    const [host] = lab.hosts;
    if (host === undefined) throw new Error('a lab has at least one host');
    for (let index = 0; index < CONTAINERS; index++) await host.docker('create', images.busybox, 'true');
    return await onHost(host, networks, rounds);
  } finally {
    await lab.stop();
  }
}

async function onHost(host: LabHost, networks: number, rounds: number): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const spent: Spent = new Map();
  const straight = createDockerEngine(host.engineUrl);
  const agent = await startAgent({
    ...{ name: host.name, machine: host.name, labels: {}, dataDir: folder, log: silent, policy: undefined },
    ...{ controller: undefined, listen: undefined, token: undefined },
    engine: clocked(createDockerEngine(host.engineUrl), spent),
  });
  try {
    const works = {
      engine: () => send(host, 'POST', '/networks/prune'),
      single: () => removeEach(host, straight),
      fairlead: () => prune(agent, networks),
    };
    return report(networks, rounds, await inTurn(straight, networks, rounds, works), spent);
  } finally {
    await agent.stop();
    straight.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {} };

/** Seconds of each way; each meets as many networks, which are made anew before it. */
async function inTurn(
  engine: EnginePort,
  networks: number,
  rounds: number,
  works: Readonly<Record<Way, () => Promise<unknown>>>,
): Promise<Record<Way, number[]>> {
  const seconds: Record<Way, number[]> = { engine: [], single: [], fairlead: [] };
  for (let round = 0; round < rounds; round++) {
    for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
      for (let index = 0; index < networks; index++) await engine.createNetwork(spare(index));
      const time = (await timed(works[way])) / 1000;
      const left = (await engine.listNetworks()).filter(({ name }) => name.startsWith('spare-')).length;
      if (left > 0) throw new Error(`${left} networks are left after ${way}`);
      seconds[way].push(time);
      process.stderr.write(`prune: round ${round + 1}, ${way}: ${time.toFixed(1)} s\n`);
    }
  }
  return seconds;
}

/** Engines have 31 ranges of their own only. */
const spare = (index: number) => {
  const cidr = `10.${100 + (index >> 8)}.${index & 255}.0/24`;
  return { ...bridge(`spare-${index}`), subnets: [{ cidr, ipRange: null, gateway: null, auxAddresses: {} }] };
};

async function removeEach(host: LabHost, engine: EnginePort): Promise<void> {
  const found = (await engine.listNetworks()).filter(({ name }) => name.startsWith('spare-'));
  for (const { id } of found) await send(host, 'DELETE', `/networks/${id}`);
}

let operations = 0;

/** As the controller asks it to: by the digests of the inventory, as one operation. */
async function prune({ handlers }: RunningAgent, expected: number): Promise<void> {
  const context = { signal: new AbortController().signal, remainingMs: () => Infinity };
  const { networks = [] } = await handlers.ListNetworks({}, context);
  const items = networks
    .filter(({ name }) => name?.startsWith('spare-'))
    .map(({ id, digest }) => ({ networkId: id ?? '', expectedDigest: digest ?? '' }));
  const message = codec.encodeRequest('PruneNetworks', { operationId: `bench-${(operations += 1)}`, items });
  const results: PruneItemResult[] = [];
  for await (const item of handlers.PruneNetworks(codec.decodeRequest('PruneNetworks', message), context))
    results.push(item);
  const removed = results.filter(({ outcome }) => outcome === 'removed').length;
  if (removed !== expected) throw new Error(`${removed} of ${expected} were removed: ${JSON.stringify(results[0])}`);
}

/** Without anything of ours: the answer is read to its end, and a refusal is an error. */
const send = ({ socketPath }: LabHost, method: string, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path }, (answer) => {
      const { statusCode = 500 } = answer;
      answer.resume().on('end', () => (statusCode < 300 ? resolve() : reject(new Error(`${path}: ${statusCode}`))));
    });
    sent.on('error', reject).end();
  });

/** Milliseconds of each call to an engine, by its method. */
type Spent = Map<string, number[]>;

function clocked(engine: EnginePort, spent: Spent): EnginePort {
  return new Proxy(engine, {
    get: (target, name: keyof EnginePort) => {
      const method = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const started = performance.now();
        const answer = method.apply(target, args);
        const note = (): void => {
          const times = spent.get(name) ?? [];
          times.push(performance.now() - started);
          spent.set(name, times);
        };
        if (answer instanceof Promise) answer.then(note, note);
        return answer;
      };
    },
  });
}

function report(networks: number, rounds: number, seconds: Record<Way, readonly number[]>, spent: Spent): Finding[] {
  const [engine, single, fairlead] = WAYS.map((way) => seriesOf(seconds[way]).p50) as [number, number, number];
  const each = (total: number): string => `${total.toFixed(1)} s (${ms((total * 1000) / networks)} each)`;
  const per = (method: keyof EnginePort): string => ms(seriesOf(spent.get(method) ?? []).p50);
  const looks = `inspect ${per('inspectNetwork')}, containers ${per('listContainers')}`;
  return [
    { what: `the engine's own prune of ${networks}`, figures: `${each(engine)} (n=${rounds})`, aim: '' },
    { what: `a DELETE for each of ${networks}`, figures: `${each(single)}: ${times(single / engine)}`, aim: '' },
    {
      what: `PruneNetworks of an agent, ${networks} items, journal on a disk`,
      figures: `${each(fairlead)}: ${times(fairlead / engine)} of the engine's prune, ${times(fairlead / single)} of the DELETEs`,
      aim: "at most 1.1x of the engine's prune",
    },
    { what: 'of one item, p50', figures: `${looks}, removal ${per('removeNetwork')}`, aim: '' },
  ];
}
