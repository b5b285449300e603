import { existsSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { Home } from './support/home.js';
import { PlainService, trailer } from './support/plain-grpc.js';
import type { Running } from './support/program.js';

const SERVICE = 'fairlead.agent.v1.NetworkService';
const SLOW_MS = 60_000;

interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly digest: string;
  readonly endpoints: { readonly containerName: string; readonly state: string }[];
}

/** Runs an agent on a socket, and a gRPC client that knows nothing but the socket. */
async function serve(home: Home, name: string, ...engine: string[]) {
  const socket = home.file(`${name}.sock`);
  const where = ['--listen', `unix:${socket}`, '--data-dir', home.file(name)];
  const agent = home.start(['agent', ...engine, ...where]);
  const [, path = ''] = await agent.says(/"listening":\["unix:([^"]+)"\]/);
  const { services, client } = await PlainService.discover(`unix:${path}`, SERVICE);
  return { agent, path, services, client };
}

describe("an agent's own socket", () => {
  let home: Home;
  let agent: Running;
  let path: string;
  let services: string[];
  let client: PlainService;
  beforeAll(async () => {
    home = new Home();
    ({ agent, path, services, client } = await serve(home, 'x', '--name', 'x', '--engine', 'simulated:'));
  }, SLOW_MS);
  afterAll(async () => {
    client?.close();
    await home?.clear();
  }, SLOW_MS);

  const names = async (): Promise<string[]> =>
    (await client.call<{ networks: Network[] }>('ListNetworks')).networks.map(({ name }) => name).sort();

  it('is for its own user only, and says by reflection what is served', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).isSocket()).toBe(true);
    expect(services).toEqual([SERVICE, 'fairlead.agent.v1.IdentityService']);
  });

  it('tells the host, and that its engine is simulated', async () => {
    expect(await client.call('DescribeHost')).toMatchObject({
      name: 'x',
      engine: { kind: 'simulated', simulated: true },
      health: { state: 'up' },
    });
    expect(await names()).toEqual(['bridge', 'host', 'none']);
  });

  it('creates a network once for one operation id, and another for another', async () => {
    // proto-loader takes a map that it knows by reflection for what it is on the wire: a list of entries.
    const labels = [{ key: 'team', value: 'web' }];
    const spec = { name: 'my-net', labels, subnets: [{ cidr: '10.20.0.0/24' }] };
    const create = () => client.call<{ network: Network }>('CreateNetwork', { operationId: 'op-1', spec });
    const first = await create();
    expect(first.network).toMatchObject({ name: 'my-net', driver: 'bridge', labels });
    expect(await create()).toEqual(first);
    expect(await names()).toEqual(['bridge', 'host', 'my-net', 'none']);

    const again = await client.failure('CreateNetwork', { operationId: 'op-2', spec });
    expect(again.code).toBe(status.ALREADY_EXISTS);
    expect(trailer(again.metadata, 'fairlead-code')).toBe('already_exists');
    const other = { ...spec, name: 'other' };
    const reused = await client.failure('CreateNetwork', { operationId: 'op-1', spec: other });
    expect(trailer(reused.metadata, 'fairlead-code')).toBe('idempotency_mismatch');
    expect(await names()).toEqual(['bridge', 'host', 'my-net', 'none']);
  });

  it('tells the outcome of an operation that was carried out, and refuses one that was never seen from then on', async () => {
    const { journalId } = await client.call<{ journalId: string }>('DescribeHost');
    const lookUp = (operationId: string) =>
      client.call('LookUpOperation', { operationId, method: 'CreateNetwork', journalId });
    expect(await lookUp('op-1')).toMatchObject({ verdict: 'applied', source: 'journal' });
    expect(await lookUp('op-late')).toMatchObject({ verdict: 'not_started' });
    const late = await client.failure('CreateNetwork', { operationId: 'op-late', spec: { name: 'late' } });
    expect(trailer(late.metadata, 'fairlead-code')).not.toBe('');
    expect(await names()).not.toContain('late');
  });

  it(
    'gives a snapshot, then what changes',
    async () => {
      const seen: string[] = [];
      for await (const update of client.stream<Record<string, unknown> & { update: string }>('WatchInventory')) {
        seen.push(update.update);
        if (update.update === 'snapshotEnd') {
          await client.call('CreateNetwork', { operationId: 'op-watch', spec: { name: 'watched' } });
        }
        if (update.update !== 'delta') continue;
        expect(update['delta']).toMatchObject({ upserts: [{ name: 'watched' }], removedIds: [] });
        break;
      }
      expect(seen.filter((kind) => kind !== 'bookmark')).toEqual([
        'snapshotBegin',
        'snapshotChunk',
        'snapshotEnd',
        'delta',
      ]);
    },
    SLOW_MS,
  );

  it('takes nothing but full ids, safe targets and operations with an id', async () => {
    const refused = await client.failure('RemoveNetwork', { operationId: 'op-9', networkId: 'my-net' });
    expect(trailer(refused.metadata, 'fairlead-code')).toBe('network_not_found');
    const probe = await client.failure('Probe', { from: 'one', target: '--help' });
    expect(trailer(probe.metadata, 'fairlead-code')).toBe('invalid_argument');
    const unknown = await client.failure('CreateNetwork', { spec: { name: 'no-id' } });
    expect(unknown.code).toBe(status.INVALID_ARGUMENT);
    expect(await names()).toContain('my-net');
    expect(await names()).not.toContain('no-id');
  });

  it(
    'is gone when the agent is asked to end',
    async () => {
      expect(await agent.stop('SIGTERM')).toMatchObject({ code: 0 });
      expect(existsSync(path)).toBe(false);
    },
    SLOW_MS,
  );
});

describe("a demo host's socket", () => {
  let home: Home;
  let client: PlainService;
  let networks: Map<string, Network>;
  beforeAll(async () => {
    home = new Home();
    ({ client } = await serve(home, 'demo', '--demo', '1'));
    const listed = await client.call<{ networks: Network[] }>('ListNetworks');
    networks = new Map(listed.networks.map((network) => [network.name, network]));
  }, SLOW_MS);
  afterAll(async () => {
    client?.close();
    await home?.clear();
  }, SLOW_MS);

  const network = (name: string): Network => {
    const found = networks.get(name);
    if (found === undefined) throw new Error(`the demo has no network ${name}`);
    return found;
  };
  const item = (name: string) => ({ networkId: network(name).id, expectedDigest: network(name).digest });

  it('shows containers that run and such that do not', () => {
    const states = new Set(network('shop_backend').endpoints.map(({ state }) => state));
    expect(states).toEqual(new Set(['running', 'exited']));
  });

  it('refuses to remove a network that is in use, and names its users in words and trailers', async () => {
    const { id } = network('legacy_default');
    const error = await client.failure('RemoveNetwork', { operationId: 'op-rm', networkId: id });
    expect(error.code).toBe(status.FAILED_PRECONDITION);
    expect(trailer(error.metadata, 'fairlead-code')).toBe('network_in_use');
    expect(trailer(error.metadata, 'fairlead-hint-bin')).not.toBe('');
    for (const container of ['legacy-web-1', 'legacy-worker-1']) expect(error.details).toContain(container);
  });

  it('prunes what is listed, item by item, and keeps what is not as it was planned', async () => {
    const changed = { ...item('shop-blue'), expectedDigest: 'another' };
    const items = [item('debug-tmp'), item('legacy_default'), changed];
    const prune = async () => {
      const results: unknown[] = [];
      for await (const result of client.stream('PruneNetworks', { operationId: 'op-prune', items }))
        results.push(result);
      return results;
    };
    const results = await prune();
    expect(results).toMatchObject([
      { name: 'debug-tmp', outcome: 'removed', code: '' },
      { name: 'legacy_default', outcome: 'kept', code: 'network_in_use' },
      { name: 'shop-blue', outcome: 'kept', code: 'network_changed' },
    ]);
    expect(await prune()).toEqual(results);
    const { networks: left } = await client.call<{ networks: Network[] }>('ListNetworks');
    expect(left.map(({ name }) => name)).toEqual(expect.arrayContaining(['legacy_default', 'shop-blue']));
    expect(left.map(({ name }) => name)).not.toContain('debug-tmp');
  });

  it('probes from a container', async () => {
    const reached = await client.call('Probe', { from: 'shop-web-1', target: 'api' });
    expect(reached).toMatchObject({ reachable: true, resolution: { resolved: true }, ping: { received: 3 } });
    const unreached = await client.call('Probe', { from: 'shop-web-1', target: 'grafana' });
    expect(unreached).toMatchObject({ reachable: false });
    const nobody = await client.failure('Probe', { from: 'nobody', target: 'api' });
    expect(trailer(nobody.metadata, 'fairlead-code')).toBe('container_not_found');
  });
});
