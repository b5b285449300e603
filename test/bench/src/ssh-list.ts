import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from '@fairlead/lab';
import { type BenchFleet } from './bench-fleet.js';
import { interleaved, ms, seriesOf, times } from './measure.js';
import { type Finding } from './report.js';

/** Each with the Debian package that has it. */
const PROGRAMS = {
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  docker: 'docker.io',
  nsenter: 'util-linux',
} as const;
const PATH = `${process.env['PATH']}:/usr/local/sbin:/usr/sbin:/sbin`;
const ROUNDS = 10;

/** What has to be installed to measure against ssh; undefined: nothing. */
export function missingForSsh(): string | undefined {
  const lacks = (name: string): boolean =>
    spawnSync('sh', ['-c', `command -v ${name}`], { env: { ...process.env, PATH } }).status !== 0;
  const packages = Object.entries(PROGRAMS).filter(([name]) => lacks(name));
  if (packages.length === 0) return undefined;
  return `left out: needs ${[...new Set(packages.map(([, name]) => name))].join(' and ')} (apt-get install)`;
}

/**
 * One list of all networks of the fleet: through Fairlead, and as one does it with docker and ssh. On every host an
 * sshd listens, as beside a real engine; the clients are a machine on the hosts' network.
 */
export async function measureSshList(bench: BenchFleet): Promise<Finding[]> {
  const missing = missingForSsh();
  const what = `list of ${bench.lab.hosts.length} hosts`;
  if (missing !== undefined) return [{ what: `${what} against ssh`, figures: missing, aim: '' }];
  const ssh = await SshFleet.start(bench);
  try {
    const samples = await interleaved(
      ROUNDS,
      {
        'Fairlead, REST': () => bench.client.listNetworks({ query: { limit: 500 } }),
        'Fairlead, CLI': () => ssh.fairlead(bench),
        '`docker -H ssh://`, one after the other, cold': () => ssh.each('cold', 'docker'),
        '`docker -H ssh://`, side by side, cold': () => ssh.all('cold', 'docker'),
        '`docker -H ssh://`, one after the other, warm ControlMaster': () => ssh.each('warm', 'docker'),
        '`docker -H ssh://`, side by side, warm ControlMaster': () => ssh.all('warm', 'docker'),
        '`ssh HOST docker network ls`, one after the other, cold': () => ssh.each('cold', 'ssh'),
        '`ssh HOST docker network ls`, side by side, cold': () => ssh.all('cold', 'ssh'),
        '`ssh HOST docker network ls`, side by side, warm ControlMaster': () => ssh.all('warm', 'ssh'),
      },
      1,
    );
    const base = seriesOf(samples['Fairlead, REST']).p50;
    return Object.entries(samples).map(([name, values]) => {
      const { p50, p99, n } = seriesOf(values);
      const ratio = name === 'Fairlead, REST' ? '' : `, ${times(p50 / base)} of REST`;
      return { what: `${what}: ${name}`, figures: `p50 ${ms(p50)}, p99 ${ms(p99)}${ratio} (n=${n})`, aim: '' };
    });
  } finally {
    await ssh.stop();
  }
}

type Connecting = 'cold' | 'warm';
type Way = 'docker' | 'ssh';

/** An sshd on each host of a lab, whose `docker` is that of the host's engine, and a user with a key for all. */
class SshFleet {
  private constructor(
    private readonly folder: string,
    private readonly bench: BenchFleet,
  ) {}

  static async start(bench: BenchFleet): Promise<SshFleet> {
    const folder = join(bench.lab.directory, 'ssh');
    mkdirSync(folder, { mode: 0o700 });
    const fleet = new SshFleet(folder, bench);
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
    for (const way of ['cold', 'warm'] as const) fleet.writeClient(way);
    mkdirSync('/run/sshd', { recursive: true });
    for (const host of bench.lab.hosts) fleet.serve(host);
    for (const { address } of bench.lab.hosts) await fleet.untilServed(address);
    return fleet;
  }

  /** All hosts, each when the one before it has answered. */
  async each(connecting: Connecting, way: Way): Promise<void> {
    for (const { address } of this.bench.lab.hosts) await this.list(address, connecting, way);
  }

  async all(connecting: Connecting, way: Way): Promise<void> {
    await Promise.all(this.bench.lab.hosts.map(({ address }) => this.list(address, connecting, way)));
  }

  /** The same by Fairlead's CLI, a new process as those of ssh are. */
  fairlead({ fleet }: BenchFleet): Promise<void> {
    const program = new URL('../../../apps/cli/bin/fairlead.js', import.meta.url).pathname;
    const env = { ...process.env, FAIRLEAD_TOKEN_FILE: fleet.tokenFile };
    return execute(process.execPath, [program, 'network', 'ls', '--api', fleet.url], env);
  }

  /** Masters of warm connections would outlive the lab's hosts by their own. */
  async stop(): Promise<void> {
    for (const { address } of this.bench.lab.hosts) {
      await this.onSwitch('ssh', ['-F', this.path('warm.config'), '-O', 'exit', `root@${address}`]).catch(
        () => undefined,
      );
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private list(address: string, connecting: Connecting, way: Way): Promise<void> {
    if (way === 'ssh') {
      return this.onSwitch('ssh', ['-F', this.path(`${connecting}.config`), `root@${address}`, 'docker network ls']);
    }
    return this.onSwitch('docker', ['-H', `ssh://root@${address}`, 'network', 'ls'], connecting);
  }

  /** docker calls `ssh` by its name, so the one that it finds first takes this fleet's configuration. */
  private onSwitch(program: string, args: readonly string[], connecting: Connecting = 'cold'): Promise<void> {
    const env = { ...process.env, PATH: `${this.path(connecting)}:${PATH}`, DOCKER_CONFIG: this.path('docker') };
    const place = `--net=/run/netns/${this.bench.lab.switchNamespace}`;
    return execute('nsenter', [place, '--', program, ...args], env);
  }

  private writeClient(connecting: Connecting): void {
    const config = this.path(`${connecting}.config`);
    const master = `ControlMaster auto\n  ControlPath ${this.path('cm-%h')}\n  ControlPersist 600\n`;
    const common = `IdentityFile ${this.path('key')}\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n`;
    writeFileSync(config, `Host *\n  ${common}${connecting === 'warm' ? `  ${master}` : ''}`);
    mkdirSync(this.path(connecting));
    const shim = `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`;
    writeFileSync(join(this.path(connecting), 'ssh'), shim, { mode: 0o755 });
  }

  private serve(host: LabHost): void {
    const config = [
      `HostKey ${this.path('key')}`,
      `AuthorizedKeysFile ${this.path('key.pub')}`,
      `PidFile none`,
      'PermitRootLogin yes',
      'StrictModes no',
      'UsePAM no',
      'UseDNS no',
      'PrintMotd no',
      'MaxStartups 100:30:200',
      `SetEnv DOCKER_HOST=${host.engineUrl} DOCKER_CONFIG=${this.path('docker')}`,
      '',
    ].join('\n');
    const file = this.path(`${host.name}.sshd`);
    writeFileSync(file, config);
    host.spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file], { stdio: 'ignore', detached: true }).unref();
  }

  private async untilServed(address: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.list(address, 'cold', 'ssh');
      } catch (error) {
        if (attempt === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}

/** Runs a program to its end. @throws Error with what it wrote, where that is no success */
function execute(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
    child.on('error', reject);
    // Not `close`: the master of a warm connection keeps the pipe.
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${words}`))));
  });
}
