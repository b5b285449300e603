import { type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type AuditVerdictView, type CaView, type HostView, type NewJoinTokenView } from '@fairlead/api';
import { type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { LabFleet } from './support/lab-fleet.js';
import { type PrintedCommand, readCommand } from './support/printed-command.js';

/** Short, so that certificates are renewed all the time and expire while a test looks on. */
const LIFE = '30s';
const SECRET = /fl[jts]1\.|PRIVATE KEY/;

describeOnLab('identities of hosts with real engines, each in a network of its own', () => {
  let fleet: LabFleet;
  const flags = ['--certificate-life', LIFE, '--dial-range', '10.77.0.0/24'];
  beforeAll(async () => {
    const placed = { controller: 'switch', controllerFlags: flags, agents: false } as const;
    fleet = await LabFleet.start({ hosts: 4, iptables: false }, placed);
  }, 180_000);
  afterAll(() => fleet?.stop(), 120_000);

  const show = (host: LabHost) => fleet.json<HostView>('host', 'inspect', host.name);
  const find = async (host: LabHost) => (await fleet.client.listHosts()).items.find(({ name }) => name === host.name);
  const becomes = (host: LabHost, freshness: HostView['freshness']) =>
    fleet.until(async () => (await find(host))?.freshness === freshness, `${host.name} is ${freshness}`);
  const isIn = (host: LabHost, state: HostView['identity']['state']) =>
    fleet.until(async () => (await show(host)).identity.state === state, `the identity of ${host.name} is ${state}`);
  const commandFor = async (host: LabHost, ...args: string[]): Promise<PrintedCommand> => {
    const { code, stdout, stderr } = await fleet.cli('host', 'join-token', 'create', '--host', host.name, ...args);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return readCommand(stdout);
  };
  const runOn = (host: LabHost, { args, env }: PrintedCommand, dataDir?: string): ChildProcess =>
    fleet.fleet.launchAgent(host, args.slice(1), { ...process.env, ...env }, dataDir);
  const logOf = (host: LabHost): string => readFileSync(fleet.fleet.log(host.name), 'utf8');
  const says = (host: LabHost, words: RegExp) =>
    fleet.until(async () => words.test(logOf(host)), `the agent of ${host.name} says ${words.source}`);
  const join_ = async (host: LabHost, ...args: string[]): Promise<HostView> => {
    runOn(host, await commandFor(host, ...args));
    await becomes(host, 'live');
    return show(host);
  };
  /** Sockets that listen on TCP in the host's network, as `address:port` in hexadecimal. */
  const listening = async (host: LabHost): Promise<string[]> =>
    (await host.run('cat', '/proc/net/tcp', '/proc/net/tcp6'))
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state === '0A')
      .map(([, local = '']) => local);

  it('lets a host join by the one printed command, with no port open on it', async () => {
    const host = fleet.host(0);
    const before = await listening(host);
    const command = await commandFor(host, '--label', 'env=prod');
    expect(command.args.join(' ')).not.toContain('flj1');
    const agent = runOn(host, command);
    await becomes(host, 'live');
    const view = await show(host);
    expect(view).toMatchObject({
      labels: { env: 'prod' },
      simulated: false,
      identity: { kind: 'joined', state: 'active', address: null },
    });
    expect(view.peer).toContain(host.address);
    expect(await listening(host)).toEqual(before);
    const commandLine = readFileSync(`/proc/${agent.pid}/cmdline`, 'utf8');
    expect(commandLine).not.toContain('flj1');
    const files = ['', 'identity.json'].map((name) => statSync(join(fleet.fleet.agentFolder(host), name)).mode & 0o077);
    expect(files).toEqual([0, 0]);
    await fleet.done('network', 'create', 'joined', '--host', host.name);
    expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).toContain('joined');

    const thief = fleet.host(1);
    const stolen = { env: command.env, args: command.args.map((arg) => (arg === host.name ? thief.name : arg)) };
    runOn(thief, stolen);
    await says(thief, /join token/i);
    expect(await find(thief)).toBeUndefined();
    expect(logOf(thief)).not.toContain(command.env['FAIRLEAD_AGENT_JOIN_TOKEN']);
  }, 120_000);

  it('renews certificates under work, without ending the session', async () => {
    const host = fleet.host(0);
    const before = await show(host);
    const links = () => logOf(host).match(/The link is up/g)?.length;
    const linksBefore = links();
    let round = 0;
    await fleet.until(async () => {
      const name = `renewing-${round++}`;
      await fleet.done('network', 'create', name, '--host', host.name);
      await fleet.done('network', 'rm', `${host.name}/${name}`);
      const { certificate } = (await show(host)).identity;
      return (certificate?.generation ?? 0) > (before.identity.certificate?.generation ?? 0);
    }, 'the certificate is another one');
    expect(links()).toBe(linksBefore);
  }, 120_000);

  it('ends the session of a revoked host at once, and never takes its identity again', async () => {
    const host = fleet.host(1);
    const first = await join_(host);
    await fleet.done('host', 'revoke', '--force', host.name);
    expect((await show(host)).connected).toBe(false);
    expect((await fleet.cli('network', 'create', 'never', '--host', host.name)).code).toBe(4);
    await says(host, /revoked/i);
    await fleet.done('host', 'rm', host.name);
    expect(await find(host)).toBeUndefined();
    await fleet.fleet.killAgent(host);
    rmSync(fleet.fleet.agentFolder(host), { recursive: true });
    const second = await join_(host);
    expect(second.identity.agentId).not.toBe(first.identity.agentId);
  }, 120_000);

  it('lets a host that was off until its certificate had expired come back by itself', async () => {
    const host = fleet.host(3);
    const first = await join_(host);
    await fleet.fleet.killAgent(host);
    const expired = async (): Promise<boolean> =>
      Date.parse((await show(host)).identity.certificate?.expiresAt ?? '') < Date.now();
    await fleet.until(expired, 'the certificate has expired', 90_000);
    await fleet.fleet.startAgent(host);
    const { identity } = await show(host);
    expect(identity.agentId).toBe(first.identity.agentId);
    expect(identity.certificate?.generation).toBeGreaterThan(first.identity.certificate?.generation ?? 0);
  }, 180_000);

  it('quarantines two machines with one identity, and lets the operator say which one stays', async () => {
    const [original, place] = [fleet.host(0), fleet.host(1)];
    await fleet.fleet.killAgent(place);
    const copy = join(fleet.fleet.directory, 'copy');
    cpSync(fleet.fleet.agentFolder(original), copy, { recursive: true });
    chmodSync(copy, 0o700);
    rmSync(join(copy, 'lock'), { force: true });
    const where = ['--name', original.name, '--controller', await fleet.fleet.linkAddress()];
    fleet.fleet.launchAgent(place, where, process.env, copy);
    await isIn(original, 'quarantined');
    const { quarantine } = (await show(original)).identity;
    const peers = quarantine?.machines.map(({ peer }) => peer.replace(/:\d+$/, '')).sort();
    expect(peers).toEqual([original.address, place.address].sort());
    // As the last of the two has told it: built-in networks are on both.
    expect((await fleet.inventory(original)).map(({ name }) => name)).toContain('bridge');
    const refused = await fleet.cli('network', 'create', 'never', '--host', original.name);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/quarantine|two machines/i);

    const keep = ['host', 'resolve', original.name, '--keep', original.address];
    await fleet.done(...keep, '--force');
    await becomes(original, 'live');
    expect((await show(original)).peer).toContain(original.address);
    await fleet.done('network', 'create', 'again', '--host', original.name);
    await says(place, /join/i);
    expect((await show(original)).identity.state).toBe('active');
    await fleet.fleet.killAgent(place);
    rmSync(copy, { recursive: true });
  }, 180_000);

  it('dials a host whose agent listens, which serves nobody else', async () => {
    const host = fleet.host(2);
    const address = `${host.address}:7802`;
    const added = await fleet.cli('host', 'add', host.name, '--address', address, '--label', 'zone=b', '-o', 'json');
    expect(added).toMatchObject({ code: 0 });
    runOn(host, readCommand((JSON.parse(added.stdout) as NewJoinTokenView).command));
    await becomes(host, 'live');
    expect(await show(host)).toMatchObject({ labels: { zone: 'b' }, identity: { state: 'active', address } });
    await fleet.done('network', 'create', 'dialled', '--host', host.name);
    const stranger = fleet.host(1);
    const script = `require('node:tls').connect({ host: '${host.address}', port: 7802, rejectUnauthorized: false,
      ALPNProtocols: ['h2'] }).on('error', ({ code }) => console.log('refused', code)).on('data', () => undefined)
      .on('close', () => process.exit())`;
    expect(await stranger.run(process.execPath, '-e', script)).toMatch(/refused/);
    expect((await fleet.cli('host', 'add', 'metadata', '--address', '169.254.169.254:80')).code).not.toBe(0);
    expect((await fleet.cli('host', 'add', 'elsewhere', '--address', '192.168.7.7:7802')).code).not.toBe(0);
  }, 120_000);

  it('lets a host that is dialled come back too when its certificate has expired', async () => {
    const host = fleet.host(2);
    const first = await show(host);
    await fleet.fleet.killAgent(host);
    const expired = async (): Promise<boolean> =>
      Date.parse((await show(host)).identity.certificate?.expiresAt ?? '') < Date.now();
    await fleet.until(expired, 'the certificate has expired', 90_000);
    fleet.fleet.launchAgent(host, ['--name', host.name, '--listen', `${host.address}:7802`]);
    await becomes(host, 'live');
    const { identity } = await show(host);
    expect(identity.agentId).toBe(first.identity.agentId);
    expect(identity.certificate?.generation).toBeGreaterThan(first.identity.certificate?.generation ?? 0);
  }, 180_000);

  it('does on a host what its own policy allows, and nothing else', async () => {
    const host = fleet.host(3);
    const policy = join(fleet.fleet.directory, 'policy.yaml');
    await fleet.cli('network', 'create', 'kept', '--host', host.name, '--label', 'keep');
    await fleet.cli('network', 'create', 'spare', '--host', host.name);
    await fleet.fleet.killAgent(host);
    writeFileSync(policy, 'mode: manage\nprotect: { labels: [keep] }\n', { mode: 0o600 });
    const where = ['--name', host.name, '--controller', await fleet.fleet.linkAddress(), '--policy', policy];
    fleet.fleet.launchAgent(host, where);
    await fleet.until(async () => (await show(host)).policy.mode === 'manage', 'the host tells its policy');
    await becomes(host, 'live');
    const refused = await fleet.cli('network', 'rm', `${host.name}/kept`);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringMatching(/policy.*keep/) });
    const pruned = await fleet.cli('network', 'prune', '--force', '--host', host.name);
    expect(pruned).toMatchObject({ code: 0, stdout: expect.stringContaining('spare: removed') });
    const left = await host.docker('network', 'ls', '--format', '{{.Name}}');
    expect(left).toContain('kept');
    expect(left).not.toContain('spare');
    writeFileSync(policy, 'mode: read-only\n', { mode: 0o600 });
    const changed = await fleet.cli('network', 'create', 'never', '--host', host.name);
    expect(changed).toMatchObject({ code: 4, stderr: expect.stringContaining('mode: read-only') });
    expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('never');
  }, 60_000);

  it('changes the root of the cluster while hosts stay connected, and names the one that would be left behind', async () => {
    const live = async () =>
      (await fleet.client.listHosts()).items.filter(({ freshness }) => freshness === 'live').map(({ name }) => name);
    await fleet.until(async () => (await live()).length >= 3, 'the hosts of the tests before are back');
    const names = await live();
    const away = [fleet.host(1).name];
    const status = () => fleet.json<CaView>('ca', 'status');
    const waitsForThose = async () => JSON.stringify((await status()).waitingFor) === JSON.stringify(away);
    const old = (await status()).roots.find(({ state }) => state === 'active')?.digest;
    await fleet.done('ca', 'prepare');
    await fleet.until(waitsForThose, 'all hosts that are there trust the new root');
    const refused = await fleet.cli('ca', 'activate');
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining(away[0] ?? '') });
    await fleet.done('ca', 'activate', '--force');
    await fleet.until(waitsForThose, 'all hosts that are there have a certificate of the new root');
    await fleet.done('ca', 'retire', '--force');
    const { roots } = await status();
    expect(roots.map(({ state }) => state)).toEqual(['active']);
    expect(roots[0]?.digest).not.toBe(old);
    expect(await live()).toEqual(names);
    const host = fleet.host(0);
    await fleet.fleet.killAgent(host);
    await fleet.fleet.startAgent(host);
    await fleet.done('network', 'ls', '--host', host.name);
  }, 180_000);

  it('has all of it in an audit that the hosts can vouch for', async () => {
    const verdict = await fleet.json<AuditVerdictView>('audit', 'verify');
    expect(verdict).toMatchObject({ sound: true, faults: [] });
    expect(verdict.witnesses.length).toBeGreaterThanOrEqual(3);
    const { items } = await fleet.client.listAudit({ query: { limit: 500 } });
    const actions = new Set(items.map(({ action }) => action));
    const wanted = ['host.join', 'host.renew', 'host.revoke', 'host.recover', 'host.quarantine', 'host.resolve'];
    expect([...actions]).toEqual(
      expect.arrayContaining([...wanted, 'host.add', 'ca.prepare', 'ca.activate', 'ca.retire']),
    );
    expect(JSON.stringify(items)).not.toMatch(SECRET);
  }, 60_000);

  it('has left no secret in any log', () => {
    const logs = readdirSync(fleet.fleet.directory).filter((name) => name.endsWith('.log'));
    expect(logs.length).toBeGreaterThanOrEqual(5);
    for (const name of logs) expect(readFileSync(join(fleet.fleet.directory, name), 'utf8')).not.toMatch(SECRET);
  });
});
