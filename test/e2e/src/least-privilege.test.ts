import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ALLOWED_CALLS, findAllowed, type PlannedCall } from '@fairlead/engine';
import { images, Lab, type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { Home } from './support/home.js';
import { PlainService } from './support/plain-grpc.js';
import { Fuzz, type FuzzedCall } from './support/recording-fuzz.js';
import { RecordingProxy, type RecordedCall } from './support/recording-proxy.js';

const SERVICE = 'fairlead.agent.v1.NetworkService';
const SLOW_MS = 120_000;
const CALLS = 3_000;
const AT_ONCE = 12;
const SEED = 20_261_125;

interface Network {
  readonly id: string;
  readonly name: string;
  readonly digest: string;
}

describeOnLab('an agent between a caller and an engine', () => {
  let lab: Lab;
  let host: LabHost;
  let home: Home;
  let proxy: RecordingProxy;
  let client: PlainService;
  beforeAll(async () => {
    home = new Home();
    lab = await Lab.start({ hosts: 1, iptables: false });
    host = lab.hosts[0]!;
    const socket = home.file('engine.sock');
    proxy = await RecordingProxy.start({ socket, engine: host.socketPath });
    const where = [
      '--engine',
      `unix://${socket}`,
      '--listen',
      `unix:${home.file('a.sock')}`,
      '--data-dir',
      home.file('a'),
    ];
    const agent = home.start(['agent', '--name', 'x', ...where]);
    const [, path = ''] = await agent.says(/"listening":\["unix:([^"]+)"\]/);
    ({ client } = await PlainService.discover(`unix:${path}`, SERVICE));
  }, SLOW_MS);
  afterAll(async () => {
    client?.close();
    await home?.clear();
    await proxy?.close();
    await lab?.stop();
  }, SLOW_MS);

  const make = (...args: string[]): Promise<string> =>
    host.docker('run', '--detach', ...args, images.busybox, 'sleep', '100000');
  const all = async (rpc: string, request: Record<string, unknown>): Promise<unknown[]> => {
    const received: unknown[] = [];
    for await (const item of client.stream<unknown>(rpc, request)) received.push(item);
    return received;
  };

  it(
    'asks the engine what the table says, for each command',
    async () => {
      const one = await make('--name', 'one');
      const sent = async (rpc: string, act: () => Promise<unknown>): Promise<void> => {
        const before = proxy.calls.length;
        await act();
        for (const call of proxy.calls.slice(before)) {
          // The agent follows the engine all the time, whoever asks for it.
          const rpcs = [...(findAllowed(planned(call))?.rpcs ?? [])];
          expect([rpc, shown(call), rpcs.includes(rpc) || rpcs.includes('WatchInventory')]).toEqual([
            rpc,
            shown(call),
            true,
          ]);
        }
        expect([rpc, proxy.calls.length]).not.toEqual([rpc, before]);
      };
      let network: Network = { id: '', name: '', digest: '' };
      const create = async (name: string): Promise<void> => {
        const spec = { name };
        ({ network } = await client.call<{ network: Network }>('CreateNetwork', { operationId: `c-${name}`, spec }));
      };
      const on = () => ({ networkId: network.id, container: one });
      await sent('DescribeHost', () => client.call('DescribeHost'));
      await sent('ListNetworks', () => client.call('ListNetworks'));
      await sent('CreateNetwork', () => create('n1'));
      await sent('InspectNetwork', () => client.call('InspectNetwork', { network: 'n1' }));
      await sent('ConnectContainer', () => client.call('ConnectContainer', { operationId: 'op-2', ...on() }));
      await sent('Probe', () => client.call('Probe', { from: 'one', target: 'localhost', count: 1 }));
      await sent('DisconnectContainer', () => client.call('DisconnectContainer', { operationId: 'op-3', ...on() }));
      await client.call('ConnectContainer', { operationId: 'op-4', ...on() });
      const record = await client.call('InspectNetwork', { network: 'n1' });
      const removal = { operationId: 'op-5', networkId: network.id, force: true };
      await sent('RemoveNetwork', () => client.call('RemoveNetwork', removal));
      const lost = { networkId: network.id, removedBy: 'op-5', record };
      await sent('PlanRestore', () => client.call('PlanRestore', lost));
      await sent('RestoreNetwork', () => client.call('RestoreNetwork', { operationId: 'op-6', ...lost }));
      await host.docker('network', 'disconnect', 'n1', 'one');
      await host.docker('network', 'rm', 'n1');
      await create('n2');
      const items = [{ networkId: network.id, expectedDigest: network.digest }];
      await sent('PruneNetworks', () => all('PruneNetworks', { operationId: 'op-7', items }));
      expect((await host.docker('network', 'ls', '--format', '{{.Name}}')).split('\n').sort()).toEqual([
        ...['bridge', 'host', 'none'],
      ]);
    },
    SLOW_MS,
  );

  it(
    `asks nothing outside of the closed set, and touches nothing else of the engine, whatever ${CALLS} calls ask of it`,
    async () => {
      const victim = await make('--name', 'victim', '--volume', 'treasure:/treasure', '--dns', '127.0.0.1');
      await host.docker('exec', 'victim', 'sh', '-c', 'echo gold > /treasure/chest; echo here > /etc/note');
      await host.docker('create', '--name', 'asleep', '--volume', 'empty:/x', images.busybox, 'true');
      await host.docker('volume', 'create', 'loose');
      const before = await possessions(host);
      const fuzz = new Fuzz(SEED, await surroundings(host, victim));
      const counts = await run(fuzz);
      expect(proxy.malformed).toEqual([]);
      expect(proxy.calls.filter((call) => findAllowed(planned(call)) === undefined).map(shown)).toEqual([]);
      expect(proxy.calls.filter(({ upgrade }) => upgrade)).toEqual([]);
      expect(await possessions(host)).toEqual(before);
      // All of that means something only if the calls got as far as the engine.
      const used = new Set(proxy.calls.map((call) => findAllowed(planned(call))));
      expect(ALLOWED_CALLS.filter((call) => !used.has(call))).toEqual([]);
      expect(Object.keys(counts).length).toBe(13);
      expect(Math.min(...Object.values(counts).map(({ called }) => called))).toBeGreaterThan(100);
      for (const rpc of ['InspectNetwork', 'CreateNetwork', 'ConnectContainer', 'RemoveNetwork', 'Probe']) {
        expect([rpc, (counts[rpc]?.succeeded ?? 0) > 0]).toEqual([rpc, true]);
      }
      expect(await client.call('DescribeHost')).toMatchObject({ health: { state: 'up' } });
    },
    SLOW_MS,
  );

  /** Carries the calls out, several at once. */
  async function run(fuzz: Fuzz): Promise<Record<string, { called: number; succeeded: number }>> {
    const counts: Record<string, { called: number; succeeded: number }> = {};
    const living: string[] = [];
    let left = CALLS;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const call = fuzz.next(living);
        const count = (counts[call.rpc] ??= { called: 0, succeeded: 0 });
        count.called += 1;
        const answer = await carryOut(call).catch(() => undefined);
        if (answer === undefined) continue;
        count.succeeded += 1;
        if (call.rpc === 'CreateNetwork') living.push((answer as { network: Network }).network.id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return counts;
  }

  async function carryOut({ rpc, request }: FuzzedCall): Promise<unknown> {
    if (rpc === 'PruneNetworks') return all(rpc, request);
    if (rpc !== 'WatchInventory') return client.call(rpc, request);
    for await (const update of client.stream<unknown>(rpc, request)) return update;
    return undefined;
  }
});

/** A recorded request in the form that the closed set is asked in. */
function planned({ method, target, body }: RecordedCall): PlannedCall {
  // Not by URL, which would mend the path.
  const [path = '', query = ''] = target.split('?');
  return { method, path, query: Object.fromEntries(new URLSearchParams(query)), body };
}

const shown = ({ method, target, body }: RecordedCall): string =>
  `${method} ${target.slice(0, 200)} ${JSON.stringify(body ?? null).slice(0, 200)}`;

/** Everything of an engine that is not networks: as it is, and what its containers have written. */
async function possessions(host: LabHost): Promise<unknown> {
  const lines = async (...args: string[]): Promise<string[]> => (await host.docker(...args)).split('\n').sort();
  const containers = await lines('ps', '--all', '--quiet', '--no-trunc');
  const inspected = JSON.parse(await host.docker('inspect', ...containers)) as Record<string, unknown>[];
  return {
    containers: inspected.map(
      ({ Id, Name, Created, Path, Args, State, Image, Config, HostConfig, Mounts, RestartCount }) => ({
        ...{ Id, Name, Created, Path, Args, State, Image, Config, HostConfig, Mounts, RestartCount },
      }),
    ),
    images: await lines('images', '--all', '--no-trunc', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'),
    volumes: await lines('volume', 'ls', '--format', '{{.Name}} {{.Driver}}'),
    plugins: await lines('plugin', 'ls', '--quiet'),
    swarm: await host.docker('info', '--format', '{{.Swarm.LocalNodeState}}'),
    written: await host.docker('exec', 'victim', 'cat', '/treasure/chest', '/etc/note'),
    changed: await lines('diff', 'victim'),
  };
}

async function surroundings(host: LabHost, victim: string) {
  const ids = async (...args: string[]): Promise<string[]> => (await host.docker(...args)).split('\n');
  const imageIds = await ids('images', '--quiet', '--no-trunc');
  const asleep = await host.docker('inspect', '--format', '{{.Id}}', 'asleep');
  return {
    networkIds: await ids('network', 'ls', '--quiet', '--no-trunc'),
    containerIds: [victim, 'victim', asleep, 'asleep'],
    foreign: [...imageIds, images.busybox, 'treasure', 'empty', 'loose', victim.slice(0, 12), host.socketPath],
  };
}
