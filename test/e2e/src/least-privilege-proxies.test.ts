import { createServer, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allowedSamples, bodyMisses, type CallSample, nearMisses } from '@fairlead/engine/conformance';
import { images, Lab, type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { Home } from './support/home.js';
import { PlainService, trailer } from './support/plain-grpc.js';
import { hasHaproxy, publishedRules, startHaproxy, tecnativaConfig } from './support/socket-proxies.js';

const SERVICE = 'fairlead.agent.v1.NetworkService';
const SLOW_MS = 120_000;
const isProbe = ({ target }: CallSample): boolean => target.startsWith('/exec/') || target.endsWith('/exec');
const isRead = ({ method }: CallSample): boolean => method === 'GET';

interface Network {
  readonly id: string;
  readonly name: string;
  readonly digest: string;
  readonly endpoints: { readonly containerName: string }[];
}
interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request as it stands, over a socket. */
function send(socketPath: string, { method, target: path, body }: CallSample): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers =
      body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ socketPath, method, path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject).end(body);
  });
}

/** In groups: all at once would be more connections than a proxy takes. */
async function sendAll(socket: string, samples: readonly CallSample[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < samples.length; at += 50) {
    answers.push(...(await Promise.all(samples.slice(at, at + 50).map((sample) => send(socket, sample)))));
  }
  return answers;
}

/** Names the suite as not run where HAProxy cannot be run; with REQUIRE_LAB=1 it fails there. */
const withHaproxy = (describeIt: (title: string, suite: () => void) => void, title: string, suite: () => void): void =>
  hasHaproxy() || process.env['REQUIRE_LAB'] === '1'
    ? describeIt(title, suite)
    : describe.skip(`${title} (not run: haproxy is not installed, or this is not root)`, suite);

withHaproxy(describe, "HAProxy's own reading of the published rules", () => {
  const home = new Home();
  const engine = createServer((_request, response) => response.end('an engine'));
  const socket = home.file('engine.sock');
  beforeAll(() => new Promise<void>((resolve) => void engine.listen(socket, resolve)));
  afterAll(async () => {
    await home.clear();
    engine.closeAllConnections();
    await new Promise((resolve) => engine.close(resolve));
  }, SLOW_MS);

  it.each<[string, (sample: CallSample) => boolean]>([
    ['haproxy.cfg', () => true],
    ['haproxy-without-probe.cfg', (sample) => !isProbe(sample)],
    ['haproxy-read-only.cfg', (sample) => isRead(sample) && !isProbe(sample)],
  ])(
    '%s lets exactly its calls through',
    async (name, isOpen) => {
      const proxy = await startHaproxy(home, name, publishedRules(name), socket);
      const passed = async (samples: readonly CallSample[]): Promise<CallSample[]> => {
        const answers = await sendAll(proxy, samples);
        return samples.filter((_sample, index) => answers[index]?.text === 'an engine');
      };
      expect(await passed(allowedSamples())).toEqual(allowedSamples().filter(isOpen));
      expect(await passed(nearMisses())).toEqual([]);
      expect(await passed(bodyMisses())).toEqual([]);
    },
    SLOW_MS,
  );
});

withHaproxy(describeOnLab, 'an agent behind a socket proxy', () => {
  let lab: Lab;
  let host: LabHost;
  let home: Home;
  const clients: PlainService[] = [];
  beforeAll(async () => {
    home = new Home();
    lab = await Lab.start({ hosts: 1, iptables: false });
    host = lab.hosts[0]!;
    await host.docker('run', '--detach', '--name', 'one', images.busybox, 'sleep', '100000');
  }, SLOW_MS);
  afterAll(async () => {
    for (const client of clients) client.close();
    await home?.clear();
    await lab?.stop();
  }, SLOW_MS);

  /** Starts a proxy before the engine and an agent before the proxy. */
  async function behind(name: string, config: string): Promise<{ socket: string; client: PlainService }> {
    const socket = await startHaproxy(home, name, config, host.socketPath);
    const where = ['--listen', `unix:${home.file(`${name}.agent`)}`, '--data-dir', home.file(`${name}.data`)];
    const agent = home.start(['agent', '--name', 'x', '--engine', `unix://${socket}`, ...where]);
    const [, path = ''] = await agent.says(/"listening":\["unix:([^"]+)"\]/);
    const { client } = await PlainService.discover(`unix:${path}`, SERVICE);
    clients.push(client);
    return { socket, client };
  }

  const create = async (client: PlainService, name: string): Promise<Network> =>
    (await client.call<{ network: Network }>('CreateNetwork', { operationId: `create-${name}`, spec: { name } }))
      .network;

  /** Everything that an agent does, short of a probe. */
  async function exercise(client: PlainService, name: string): Promise<void> {
    const network = await create(client, name);
    const on = { networkId: network.id, container: 'one' };
    const connected = await client.call<{ network: Network }>('ConnectContainer', { operationId: `on-${name}`, ...on });
    expect(connected.network.endpoints).toMatchObject([{ containerName: 'one' }]);
    const { networks } = await client.call<{ networks: Network[] }>('ListNetworks');
    expect(networks.map((listed) => listed.name)).toContain(name);
    expect(await client.call('InspectNetwork', { network: name })).toMatchObject({ id: network.id });
    await client.call('DisconnectContainer', { operationId: `off-${name}`, ...on });
    await client.call('RemoveNetwork', { operationId: `rm-${name}`, networkId: network.id });
    const unused = await create(client, `${name}-unused`);
    const items = [{ networkId: unused.id, expectedDigest: unused.digest }];
    const outcomes: unknown[] = [];
    for await (const item of client.stream('PruneNetworks', { operationId: `prune-${name}`, items }))
      outcomes.push(item);
    expect(outcomes).toMatchObject([{ outcome: 'removed' }]);
  }

  /** What is done with docker is told as it happens: the stream of events comes through. */
  async function follows(client: PlainService, name: string): Promise<void> {
    for await (const update of client.stream<{ update: string; delta?: { upserts: Network[] } }>('WatchInventory')) {
      if (update.update === 'snapshotEnd') await host.docker('network', 'create', name);
      if (update.update !== 'delta') continue;
      expect(update.delta?.upserts).toMatchObject([{ name }]);
      break;
    }
    await host.docker('network', 'rm', name);
  }

  const probe = (client: PlainService) => client.call('Probe', { from: 'one', target: '127.0.0.1', count: 1 });
  const container = { method: 'POST', target: '/containers/create', body: JSON.stringify({ Image: images.busybox }) };
  const others: CallSample[] = [
    { method: 'POST', target: '/volumes/create', body: '{"Name":"mine"}' },
    { method: 'GET', target: '/images/json', body: '' },
    { method: 'POST', target: '/images/create?fromImage=busybox', body: '' },
    { method: 'GET', target: '/system/df', body: '' },
  ];
  const statuses = async (socket: string, samples: readonly CallSample[]): Promise<number[]> =>
    (await sendAll(socket, samples)).map(({ status }) => status);

  it(
    'does all it is for with the rules of HAProxy, probes too, and nobody does anything else there',
    async () => {
      const { socket, client } = await behind('full', publishedRules('haproxy.cfg'));
      await exercise(client, 'full');
      await follows(client, 'full-seen');
      expect(await probe(client)).toMatchObject({ reachable: true, ping: { method: 'container', received: 1 } });
      const anything = { Cmd: ['touch', '/x'], Privileged: true };
      const exec = { method: 'POST', target: '/containers/one/exec', body: JSON.stringify(anything) };
      const refused = [container, exec, ...others];
      expect(await statuses(socket, refused)).toEqual(refused.map(() => 403));
      expect(await host.docker('ps', '--all', '--format', '{{.Names}}')).toBe('one');
    },
    SLOW_MS,
  );

  it(
    'does without probes with the rules for that, and says whose refusal it is',
    async () => {
      const { socket, client } = await behind('plain', publishedRules('haproxy-without-probe.cfg'));
      await exercise(client, 'plain');
      await follows(client, 'plain-seen');
      // The agent of this suite is root beside the engine, so the host's own tools look instead of the container's.
      expect(await probe(client)).toMatchObject({ reachable: true, ping: { method: 'namespace' } });
      const exec = { method: 'POST', target: '/containers/one/exec', body: '{"Cmd":["ping"]}' };
      expect(await statuses(socket, [container, exec, ...others])).toEqual([403, 403, ...others.map(() => 403)]);
    },
    SLOW_MS,
  );

  it(
    'only looks with the rules for that',
    async () => {
      const { client } = await behind('look', publishedRules('haproxy-read-only.cfg'));
      await follows(client, 'look-seen');
      const failure = await client.failure('CreateNetwork', { operationId: 'op', spec: { name: 'look' } });
      expect(trailer(failure.metadata, 'fairlead-code')).toBe('engine_refused');
      expect(trailer(failure.metadata, 'fairlead-hint-bin')).toMatch(/socket proxy/);
      expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('look');
    },
    SLOW_MS,
  );

  it(
    'does not take the silence of an engine behind a proxy for its word',
    async () => {
      const { client } = await behind('silent', publishedRules('haproxy.cfg'));
      await create(client, 'silent');
      await host.killEngine();
      const failure = await client.failure('ListNetworks', {});
      expect(trailer(failure.metadata, 'fairlead-code')).toBe('engine_unavailable');
      await host.startEngine();
      await host.docker('start', 'one');
      expect(await client.call('InspectNetwork', { network: 'silent' })).toMatchObject({ name: 'silent' });
      await host.docker('network', 'rm', 'silent');
    },
    SLOW_MS,
  );

  it(
    "does all it is for with Tecnativa's sections, which let more through, as the guide says",
    async () => {
      const { socket, client } = await behind('sections', tecnativaConfig(publishedRules('tecnativa.env')));
      await exercise(client, 'sections');
      await follows(client, 'sections-seen');
      expect(await probe(client)).toMatchObject({ reachable: true, ping: { method: 'container' } });
      expect(await statuses(socket, others)).toEqual(others.map(() => 403));
      expect(await statuses(socket, [container])).toEqual([201]);
    },
    SLOW_MS,
  );

  it(
    "only looks with Tecnativa's sections for that",
    async () => {
      const { socket, client } = await behind('glance', tecnativaConfig(publishedRules('tecnativa-read-only.env')));
      await follows(client, 'glance-seen');
      expect(await statuses(socket, [container, ...others])).toEqual([403, ...others.map(() => 403)]);
      const failure = await client.failure('CreateNetwork', { operationId: 'op', spec: { name: 'glance' } });
      expect(trailer(failure.metadata, 'fairlead-code')).toBe('engine_refused');
    },
    SLOW_MS,
  );
});
