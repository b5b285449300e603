import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HostView, type NetworkDetailView, type NetworkView, type OperationView } from '@fairlead/api';
import { Lab, type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { Home, Up } from './support/home.js';
import { childrenOf, freePort, isRunning, type Running, Running as Program, until } from './support/program.js';

const SLOW_MS = 120_000;
const ENDS_IN_A_STACK = /^\s+at \S+.*:\d+:\d+\)?$/m;

/** The rows of a table that begin with a host of the demo fleet. */
const rowsOfHosts = (text: string): string[] =>
  text.split('\n').filter((line) => /^(?:.*Z {2})?(web|db|ci)-\d/.test(line));

describe('fairlead up --demo 3', () => {
  let home: Home;
  let up: Up;
  beforeAll(async () => {
    home = new Home();
    up = await (await Up.start(home, ['--demo', '3'])).live(3);
  }, SLOW_MS);
  afterAll(() => home?.clear(), SLOW_MS);

  it(
    'gives its address and three commands, of which each works as it is printed',
    async () => {
      expect(up.running.stdout).toContain('demo fleet of 3 SIMULATED hosts');
      expect(up.advice).toHaveLength(3);
      const [list = '', prune = '', events = ''] = up.advice;
      for (const line of [list, prune]) {
        const { code, stdout, stderr } = await home.startLine(line).ended;
        expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
        expect(rowsOfHosts(stdout).length).toBeGreaterThan(10);
      }
      const following = home.startLine(events);
      await shows(up, following, 'seen');
      await following.stop('SIGINT');
    },
    SLOW_MS,
  );

  it(
    'says of every row of every table that it is simulated',
    async () => {
      await up.cli('network', 'create', 'marked', '--host', 'web-1');
      for (const command of [
        ['host', 'ls'],
        ['network', 'ls'],
        ['network', 'prune', '--dry-run', '--all-hosts'],
        ['operation', 'ls'],
      ]) {
        const { stdout } = await up.cli(...command);
        const rows = command[0] === 'operation' ? stdout.split('\n').slice(1, -1) : rowsOfHosts(stdout);
        expect(rows).not.toEqual([]);
        for (const row of rows) expect(row).toMatch(/(web|db|ci)-1 \(simulated\)/);
      }
    },
    SLOW_MS,
  );

  it(
    'says so in data too',
    async () => {
      for (const command of [
        ['host', 'ls'],
        ['network', 'ls'],
        ['network', 'prune', '--dry-run', '--all-hosts'],
      ]) {
        const views = await up.json<{ simulated: boolean }[]>(...command);
        expect(views.length).toBeGreaterThanOrEqual(3);
        expect(views.every(({ simulated }) => simulated)).toBe(true);
      }
      expect(await up.json<HostView>('host', 'inspect', 'db-1')).toMatchObject({ simulated: true });
      expect(await up.json<NetworkDetailView>('network', 'inspect', 'db-1/backup')).toMatchObject({ simulated: true });
    },
    SLOW_MS,
  );

  it(
    'prints ids, whole ids, names and YAML',
    async () => {
      const networks = await up.json<NetworkView[]>('network', 'ls', '--host', 'ci-1');
      const lines = async (...args: string[]) =>
        (await up.cli('network', 'ls', '--host', 'ci-1', ...args)).stdout.trimEnd().split('\n');
      expect(await lines('-q')).toEqual(networks.map(({ id }) => id.slice(0, 12)));
      expect(await lines('-q', '--no-trunc')).toEqual(networks.map(({ id }) => id));
      expect(await lines('-o', 'name')).toEqual(networks.map(({ host, name }) => `${host}/${name}`));
      const { stdout } = await up.cli('network', 'ls', '--host', 'ci-1', '-o', 'yaml');
      const values = (pattern: RegExp) => [...stdout.matchAll(pattern)].map(([, value]) => value);
      expect(values(/^- id: (\S+)$/gm)).toEqual(networks.map(({ id }) => id));
      expect(values(/^ {2}name: (\S+)$/gm)).toEqual(networks.map(({ name }) => name));
      expect(values(/^ {2}simulated: (\S+)$/gm)).toEqual(networks.map(() => 'true'));
    },
    SLOW_MS,
  );

  it(
    'shows control characters in labels and in what the user typed, and obeys none',
    async () => {
      const steering = '\u001b[31mred';
      await up.cli('network', 'create', 'painted', '--host', 'web-1', '--label', `colour=${steering}`);
      const shown = [
        await up.cli('network', 'ls', '--no-trunc'),
        await up.cli('network', 'inspect', 'web-1/painted', '-o', 'yaml'),
        await up.cli('network', 'inspect', 'web-1/painted'),
        await up.cli('network', 'inspect', steering),
        await up.cli('network', 'create', steering, '--host', 'web-1'),
        await up.cli('network', 'ls', '--host', steering),
      ];
      for (const { stdout, stderr } of shown) {
        expect(stdout + stderr).toMatch(/\\(u001b|e)\[31mred/);
        expect(stdout + stderr).not.toContain('\u001b');
      }
      const { labels } = await up.json<NetworkDetailView>('network', 'inspect', 'web-1/painted');
      expect(labels).toEqual({ colour: steering });
    },
    SLOW_MS,
  );

  it.each<[number, RegExp, string[]]>([
    [2, /unknown option '--bogus'/, ['network', 'ls', '--bogus']],
    [2, /unknown command 'netwerk'/, ['netwerk']],
    [2, /missing required argument/, ['network', 'create']],
    [2, /not an address range/, ['network', 'create', 'a', '--host', 'web-1', '--subnet', '10.0.0.0/99']],
    [2, /not an address range|not an address/, ['network', 'create', 'a', '--host', 'web-1', '--subnet', 'ten']],
    [2, /fit/, ['network', 'create', 'a', '--host', 'web-1', '--subnet', '10.9.0.0/24', '--gateway', '10.8.0.1']],
    [2, /KEY=VALUE/, ['network', 'create', 'a', '--host', 'web-1', '--opt', '=x']],
    [2, /selector/, ['network', 'ls', '--on', 'a b=c']],
    [2, /not a filter/, ['network', 'ls', '--filter', 'colour=red']],
    [2, /HOST|--host/, ['network', 'create', 'a']],
    [2, /Allowed choices/, ['network', 'ls', '-o', 'xml']],
    [2, /Allowed choices/, ['events', '--type', 'everything']],
    [2, /whole number/, ['operation', 'ls', '-n', 'many']],
    [2, /not an address such as/, ['host', 'ls', '--api', 'ftp://127.0.0.1']],
    [3, /There is no host 'nobody'[^]*web-1/, ['host', 'inspect', 'nobody']],
    [3, /There is no host 'nobody'/, ['network', 'create', 'a', '--host', 'nobody']],
    [3, /network 'nothing'/, ['network', 'inspect', 'web-1/nothing']],
    [3, /network 'nothing'/, ['network', 'rm', 'nothing']],
    [3, /no operation/, ['operation', 'inspect', '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071']],
    [3, /no network/i, ['network', 'inspect', 'web-1/ffffffffffff']],
    [3, /[Nn]o such container/, ['network', 'connect', 'web-1/debug-tmp', 'nobody']],
    [3, /container/, ['network', 'probe', 'nobody', 'shop-web-1']],
    [4, /built in/, ['network', 'rm', 'web-1/bridge']],
    [4, /legacy-web-1[^]*legacy-worker-1/, ['network', 'rm', 'web-1/legacy_default']],
  ])(
    'answers bad input with exit code %d and says %s: %j',
    async (code, words, args) => {
      const api = args.includes('--api') ? [] : ['--api', up.url];
      const result = await home.run(...args, ...api);
      expect({ ...result, code: result.code }).toMatchObject({
        code,
        stdout: '',
        stderr: expect.stringMatching(words),
      });
      expect(result.stderr).not.toMatch(ENDS_IN_A_STACK);
    },
    SLOW_MS,
  );

  it('says where to look when no controller answers', async () => {
    const { code, stderr } = await home.run('network', 'ls', '--api', `http://127.0.0.1:${await freePort()}`);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/No controller answers.*\n.*fairlead up/),
    });
  });

  it(
    'refuses a second start on its data, naming the process that has it',
    async () => {
      const [controller = 0] = childrenOf(up.running.pid);
      const { code, stderr } = await home.run('up', '--demo', '--port', '0', '--data-dir', up.dataDir);
      expect(code).toBe(1);
      expect(stderr).toContain(`${up.dataDir}/demo is in use by process ${controller}`);
      expect(stderr).toMatch(/--data-dir/);
      expect((await up.cli('host', 'ls')).code).toBe(0);
    },
    SLOW_MS,
  );

  it(
    'refuses a port that is taken, and says what to do',
    async () => {
      const { port } = new URL(up.url);
      const { code, stdout, stderr } = await home.run('up', '--demo', '--port', port, '--data-dir', home.file('other'));
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(new RegExp(`Port ${port} of 127.0.0.1 cannot be used[^]*--port`));
    },
    SLOW_MS,
  );

  it(
    'shows in one program what another does',
    async () => {
      const following = home.start(['events', '--host', 'db-1', '--api', up.url]);
      const data = home.start(['events', '--api', up.url, '-o', 'json', '--type', 'network.created']);
      await shows(up, following, 'followed', 'db-1');
      await shows(up, data, 'told', 'db-1');
      for (const running of [following, data])
        expect(await running.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' });
      const marked = following.stdout.split('\n').filter((line) => line !== '');
      for (const line of marked) expect(line).toMatch(/Z {2}db-1 \(simulated\) {2}\S/);
      for (const line of data.stdout.trim().split('\n'))
        expect(JSON.parse(line)).toMatchObject({ type: 'network.created', data: { simulated: true } });
    },
    SLOW_MS,
  );

  it(
    'goes on after the last event that was read',
    async () => {
      // Without those of operations, which name the network before it is there.
      const created = `${up.url}/api/v1/events?type=network.created`;
      const first = await readEvents(
        created,
        up.headers,
        async () => {
          await up.cli('network', 'create', 'before', '--host', 'web-1');
        },
        /"name":"before"/,
      );
      const last = first.ids.at(-1) ?? '';
      await up.cli('network', 'create', 'between', '--host', 'web-1');
      const second = await readEvents(
        created,
        { ...up.headers, 'last-event-id': last },
        async () => undefined,
        /"name":"between"/,
      );
      expect(second.text).not.toContain('"name":"before"');
      expect(second.text).not.toContain('event: resync');
      expect(new Set([...first.ids, ...second.ids]).size).toBe(first.ids.length + second.ids.length);
      const foreign = await readEvents(
        `${up.url}/api/v1/events`,
        { ...up.headers, 'last-event-id': 'of-another-life' },
        async () => undefined,
        /event: resync/,
      );
      expect(foreign.ids).toHaveLength(1);
    },
    SLOW_MS,
  );

  it(
    'carries out twenty requests with one key once, and answers all of them alike',
    async () => {
      const post = (body: object, key = 'twenty') =>
        fetch(`${up.url}/api/v1/hosts/ci-1/networks`, {
          method: 'POST',
          headers: { ...up.headers, 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify(body),
        });
      const answers = await Promise.all(Array.from({ length: 20 }, () => post({ name: 'once' })));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      const operations = await Promise.all(answers.map(async (answer) => (await answer.json()) as OperationView));
      expect(new Set(operations.map(({ id }) => id)).size).toBe(1);
      expect(operations[0]).toMatchObject({ outcome: 'succeeded', result: { network: { name: 'once' } } });
      const { items } = await up.client.listNetworks({ query: { host: ['ci-1'], name: 'once' } });
      expect(items).toHaveLength(1);

      const other = await post({ name: 'twice' });
      expect(other.status).toBe(422);
      expect(await other.json()).toMatchObject({ code: 'idempotency_mismatch' });

      const remove = async () => {
        const answer = await fetch(`${up.url}/api/v1/hosts/ci-1/networks/once`, {
          method: 'DELETE',
          headers: { ...up.headers, 'idempotency-key': 'gone' },
        });
        return { status: answer.status, body: await answer.json() };
      };
      const removed = await remove();
      expect(removed).toMatchObject({
        status: 200,
        body: { outcome: 'succeeded', result: { removed: { name: 'once' } } },
      });
      expect(await remove()).toEqual(removed);
    },
    SLOW_MS,
  );
});

describe('the life of fairlead up', () => {
  let home: Home;
  beforeAll(() => {
    home = new Home();
  });
  afterAll(() => home?.clear(), SLOW_MS);
  const hostsOf = async (up: Up) => (await up.client.listHosts()).items.map(({ name }) => name);
  const noneRuns = (pids: readonly number[]) =>
    until(async () => !pids.some(isRunning), `none of ${pids.join(', ')} runs`);

  it(
    'ends at Ctrl-C with all that it started, and shows the same hosts the next time',
    async () => {
      const first = await (await Up.start(home, ['--demo', '2'])).live(2);
      const pids = childrenOf(first.running.pid);
      expect(pids.length).toBeGreaterThanOrEqual(2);
      const hosts = await hostsOf(first);
      expect(await first.running.stop('SIGINT')).toMatchObject({ code: 0, signal: null });
      expect(pids.filter(isRunning)).toEqual([]);

      const second = await (await Up.start(home, ['--demo', '2'])).live(2);
      expect(await hostsOf(second)).toEqual(hosts);
      expect((await second.running.stop('SIGTERM')).code).toBe(0);
    },
    SLOW_MS,
  );

  it(
    'gives commands for npx to those who start it with npm',
    async () => {
      const up = await Up.start(home, ['--demo', '1'], { env: { npm_lifecycle_event: 'start' } });
      await up.live(1);
      const [list = ''] = up.advice;
      expect(list).toMatch(/^npx fairlead network ls/);
      expect(await home.startLine(list).ended).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('web-1 (simulated)'),
      });
      await up.running.stop('SIGINT');
    },
    SLOW_MS,
  );

  it(
    'leaves nothing behind when it is killed',
    async () => {
      const up = await (await Up.start(home, ['--demo', '2'])).live(2);
      const pids = childrenOf(up.running.pid);
      expect(pids.length).toBeGreaterThanOrEqual(2);
      await up.running.stop('SIGKILL');
      await noneRuns(pids);
      const next = await (await Up.start(home, ['--demo', '2'])).live(2);
      await next.running.stop('SIGINT');
    },
    SLOW_MS,
  );

  it(
    'says so and ends when its agent dies',
    async () => {
      const up = await (await Up.start(home, ['--demo', '2'])).live(2);
      const pids = childrenOf(up.running.pid);
      const agent = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('\0agent\0')) ?? 0;
      process.kill(agent, 'SIGKILL');
      const { code, stderr } = await up.running.ended;
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/The agent ended by SIGKILL/) });
      expect(pids.filter(isRunning)).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'says that no engine answers, and shows a demo fleet',
    async () => {
      const up = await Up.start(home, [], { env: { DOCKER_HOST: `unix://${home.file('no.sock')}` } });
      expect(up.running.stdout).toMatch(/No Docker engine answers here\.\n.*3 SIMULATED hosts/);
      await up.live(3);
      await up.running.stop('SIGINT');
    },
    SLOW_MS,
  );
});

describe('the set-up', () => {
  /** Looks at the version as `npm start` and `npm test` do first. */
  const look = (version: string) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
    const code = `${pretend} import('./tools/steps.mjs').then(({ checkNode }) => checkNode());`;
    return Program.start(process.execPath, ['--eval', code]).ended;
  };

  it.each(['18.20.8', '20.18.3', '27.0.0'])('refuses Node %s, and says which will do', async (version) => {
    const { code, stderr } = await look(version);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`Node 20.19 to 26 is needed, this is ${version}`),
    });
  });

  it.each(['20.19.0', '22.0.0', '24.21.0', '26.10.0'])('takes Node %s', async (version) => {
    expect(await look(version)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('controller and agents, each alone', () => {
  let home: Home;
  let url = '';
  let link = '';
  beforeAll(async () => {
    home = new Home();
    const [port, linkPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    link = `127.0.0.1:${linkPort}`;
    const where = ['--port', `${port}`, '--link-port', `${linkPort}`, '--link-host', '127.0.0.1'];
    await home.start(['controller', ...where, '--data-dir', home.file('controller')]).says(/"ready"/);
  }, SLOW_MS);
  afterAll(() => home?.clear(), SLOW_MS);

  const admin = { FAIRLEAD_TOKEN_FILE: '' };
  const asAdmin = (...args: string[]) => {
    admin.FAIRLEAD_TOKEN_FILE = home.file('controller/admin.token');
    return home.start([...args, '--api', url], { env: admin }).ended;
  };
  const joinToken = async (): Promise<string> => {
    const { stdout } = await asAdmin('host', 'join-token', 'create', '--controller', link, '-o', 'json');
    return (JSON.parse(stdout) as { token: string }).token;
  };
  const agent = (name: string, data: string, token?: string): Running => {
    const where = ['--controller', link, '--data-dir', home.file(data)];
    const env = token === undefined ? {} : { FAIRLEAD_AGENT_JOIN_TOKEN: token };
    return home.start(['agent', '--name', name, '--engine', 'simulated:', ...where], { env });
  };

  it.each([
    [['--controller', '127.0.0.1:7801']],
    [['--controller', 'controller.example.org:7801']],
    [['--listen', '0.0.0.0:7802']],
    [['--listen', '[::]:7802']],
  ])(
    'goes on no TCP without an identity, and says how to get one: %j',
    async (where) => {
      const who = ['agent', '--name', 'far', '--engine', 'simulated:', '--data-dir', home.file('far')];
      const result = await home.run(...who, ...where);
      expect(result).toMatchObject({ code: 4, stderr: expect.stringMatching(/fairlead host (join-token create|add)/) });
      expect(result.stderr).not.toMatch(ENDS_IN_A_STACK);
    },
    SLOW_MS,
  );

  it(
    'refuses a second host of one name, which says what to do, and the first goes on',
    async () => {
      const first = agent('alpha', 'first', await joinToken());
      await first.says(/The link is up/);
      const second = await agent('alpha', 'second', await joinToken()).ended;
      expect(second.code).toBe(1);
      expect(second.stderr).toMatch(/'alpha'[^]*another name/);
      const created = await asAdmin('network', 'create', 'mine', '--host', 'alpha');
      expect(created).toMatchObject({ code: 0, stderr: '' });
      expect(first.stdout + first.stderr).not.toMatch(/No link to the controller/);
      await first.stop();
    },
    SLOW_MS,
  );

  it(
    'keeps a second agent off a data folder',
    async () => {
      const first = agent('beta', 'shared', await joinToken());
      await first.says(/The link is up/);
      const { code, stderr } = await agent('gamma', 'shared').ended;
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(new RegExp(`in use by process ${first.pid}[^]*--data-dir`)),
      });
      await first.stop();
    },
    SLOW_MS,
  );

  it(
    'tells what is wrong with its flags, all at once',
    async () => {
      const { code, stderr } = await home.run('agent', '--nam', 'x', '--label', '=y', '--demo', 'few');
      expect(code).toBe(2);
      for (const words of [/did you mean --name/, /'=y' is not KEY=VALUE/, /'few' is not a number/, /--controller/])
        expect(stderr).toMatch(words);
      const controller = await home.run('controller', '--port', 'x', '--link-port', '70000');
      expect(controller).toMatchObject({ code: 2, stderr: expect.stringMatching(/--port: [^]*--link-port: /) });
    },
    SLOW_MS,
  );
});

describeOnLab('fairlead up beside a real engine', () => {
  let home: Home;
  let lab: Lab;
  let host: LabHost;
  beforeAll(async () => {
    home = new Home();
    lab = await Lab.start({ hosts: 1, iptables: false });
    [host] = lab.hosts as [LabHost];
  }, SLOW_MS);
  afterAll(async () => {
    await home?.clear();
    await lab?.stop();
  }, SLOW_MS);

  /** Creates and removes a network with the CLI, and looks with docker. */
  async function manages(up: Up, name: string): Promise<void> {
    const networks = () => host.docker('network', 'ls', '--format', '{{.Name}}');
    await up.live(1);
    expect(await up.json<HostView[]>('host', 'ls')).toMatchObject([{ name: 'here', simulated: false }]);
    expect(await up.cli('network', 'create', name)).toMatchObject({ code: 0, stderr: '' });
    expect(await networks()).toContain(name);
    expect(await up.cli('network', 'rm', name)).toMatchObject({ code: 0, stderr: '' });
    expect(await networks()).not.toContain(name);
  }

  it(
    'manages the engine of DOCKER_HOST',
    async () => {
      const up = await Up.start(home, ['--name', 'here'], { env: { DOCKER_HOST: host.engineUrl } });
      expect(up.running.stdout).toMatch(/Host here: the engine at unix:.*from DOCKER_HOST/);
      await manages(up, 'by-host');
      await up.running.stop('SIGINT');
    },
    SLOW_MS,
  );

  it(
    'manages the engine of the current docker context',
    async () => {
      const env = { DOCKER_CONFIG: home.file('docker') };
      for (const args of [
        ['create', 'lab', '--docker', `host=${host.engineUrl}`],
        ['use', 'lab'],
      ]) {
        expect(await Program.start('docker', ['context', ...args], { env }).ended).toMatchObject({ code: 0 });
      }
      const up = await Up.start(home, ['--name', 'here'], { env });
      expect(up.running.stdout).toMatch(/from docker context 'lab'/);
      await manages(up, 'by-context');
      await up.running.stop('SIGINT');
    },
    SLOW_MS,
  );

  it(
    'takes the engine that is named before any other',
    async () => {
      const env = { DOCKER_HOST: `unix://${home.file('no.sock')}` };
      const up = await Up.start(home, ['--name', 'here', '--engine', host.engineUrl], { env });
      await manages(up, 'by-flag');
      await up.running.stop('SIGINT');
    },
    SLOW_MS,
  );
});

/** Whether a program that follows events tells of networks made from now on; it may need a moment to connect. */
async function shows(up: Up, following: Running, name: string, host = 'web-1'): Promise<void> {
  const told = () => /network\.created/.test(following.stdout);
  for (let round = 0; !told(); round += 1) {
    await up.cli('network', 'create', round === 0 ? name : `${name}-${round}`, '--host', host);
    if (round > 20) throw new Error(`no event came:\n${following.stdout}${following.stderr}`);
  }
}

/** Opens the stream, does something, and reads until these words came. */
async function readEvents(url: string, headers: Record<string, string>, work: () => Promise<void>, words: RegExp) {
  const abort = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: abort.signal });
  expect(response.status).toBe(200);
  await work();
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (words.test(text) && text.endsWith('\n\n')) break;
  }
  abort.abort();
  // An id without an event says where the stream stands.
  return { text, ids: [...text.matchAll(/^id: (.*)\nevent: /gm)].map(([, id = '']) => id) };
}
