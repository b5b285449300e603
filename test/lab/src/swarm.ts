import { LabError } from './command.js';
import type { LabHost } from './host.js';
import { allDone, poll } from './waiting.js';

/** Makes one swarm of the hosts, the first as its manager, and waits until all are ready. */
export async function formSwarm([manager, ...workers]: readonly LabHost[]): Promise<void> {
  if (!manager) throw new LabError('A swarm needs a host.');
  await manager.docker('swarm', 'init', '--advertise-addr', manager.address);
  const token = await manager.docker('swarm', 'join-token', '--quiet', 'worker');
  await allDone(workers.map((worker) => join(worker, manager, token)));
  const all = workers.length + 1;
  const ready = await poll(30_000, async () => ((await readyNodes(manager)) === all ? true : undefined));
  if (!ready) throw new LabError(`Not all nodes are ready after 30 s:\n${await manager.docker('node', 'ls')}`);
}

async function join(worker: LabHost, manager: LabHost, token: string): Promise<void> {
  await worker.docker('swarm', 'join', '--advertise-addr', worker.address, '--token', token, `${manager.address}:2377`);
}

async function readyNodes(manager: LabHost): Promise<number> {
  const states = await manager.docker('node', 'ls', '--format', '{{.Status}}');
  return states.split('\n').filter((state) => state === 'Ready').length;
}
