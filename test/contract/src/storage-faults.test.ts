import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HostView } from '@fairlead/api';
import { seeded } from '@fairlead/bench';
import { SimulatedFleet, until } from './support/simulated-fleet.js';

const HOSTS = 12;
const SLOW_MS = 180_000;
const MIB = 1024 * 1024;

let fleet: SimulatedFleet;
beforeEach(async () => void (fleet = await SimulatedFleet.make()));
afterEach(() => fleet.stop(), SLOW_MS);

/** A controller with hosts that have sessions, and whose engines have not answered yet. */
async function startWithHosts(): Promise<void> {
  await fleet.startController();
  await fleet.join(HOSTS);
  fleet.connect();
  await until(async () => fleet.tally.watched === HOSTS, 'every agent has a session');
}

const isRoot = process.getuid?.() === 0;
const describeAsRoot = isRoot ? describe : describe.skip;

describeAsRoot(`a full disk under the data folder${isRoot ? '' : ' (a file system of its own needs root)'}`, () => {
  const ballast = (): string => join(fleet.dataDir, 'ballast');

  beforeEach(() => {
    fs.mkdirSync(fleet.dataDir);
    const mount = ['-t', 'tmpfs', '-o', `size=${48 * MIB}`, 'tmpfs', fleet.dataDir];
    const { status, stderr } = spawnSync('mount', mount, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`no file system could be mounted: ${stderr}`);
  });
  afterEach(async () => {
    await fleet.disconnect();
    await fleet.endController('SIGKILL');
    spawnSync('umount', ['--lazy', fleet.dataDir]);
  });

  /** Leaves so many bytes. */
  function fill(left: number): void {
    const { bavail, bsize } = fs.statfsSync(fleet.dataDir);
    const file = fs.openSync(ballast(), 'a');
    for (let size = bavail * bsize - left; size > 0; size -= MIB) fs.writeSync(file, Buffer.alloc(Math.min(size, MIB)));
    fs.closeSync(file);
  }

  const FULL = { code: 'storage_failed', message: 'The database failed: the disk is full.' };
  const HINT = { hint: expect.stringContaining('Free some space') };
  const label = (value: string) =>
    fleet.client.updateHost({ params: { host: 'host-0' }, body: { labels: { kept: value } } });

  /** Fills what is left until a write fails; what a change that was taken back has left in the log may take a few. */
  async function fillUp(): Promise<{ kept: string; problem: unknown }> {
    fill(0);
    for (let [turn, kept] = [0, 'before']; ; turn++) {
      const value = `${turn} ${'x'.repeat(50)}`;
      try {
        await label(value);
        kept = value;
      } catch (problem) {
        return { kept, problem };
      }
    }
  }

  it(
    'is told to whoever wants something written, loses nothing, and is over by itself once there is space again',
    async () => {
      const { client } = fleet;
      await startWithHosts();
      await label('before');
      fill(MIB);
      fleet.awaken();
      const failed = async (): Promise<boolean> => Object.keys(fleet.tally.lost).some((why) => /stored|full/.test(why));
      await until(failed, 'an inventory does not fit');
      const { kept, problem } = await fillUp();
      expect(problem).toMatchObject({ ...FULL, ...HINT });
      const network = { params: { host: 'host-0' }, body: { name: 'unsent' } };
      await expect(client.createNetwork(network)).rejects.toMatchObject(FULL);
      expect(fleet.tally.commands).toBe(0);

      let hosts: readonly HostView[] = [];
      const areNamed = async (): Promise<boolean> => {
        hosts = await fleet.hosts();
        const { unavailableHosts } = await client.listNetworks({ query: { limit: 1 } });
        const away = hosts.filter(({ freshness }) => freshness !== 'live').map(({ name }) => name);
        return away.length > 0 && away.every((host) => unavailableHosts.some(({ name }) => name === host));
      };
      // One may have come back between the two answers.
      await until(areNamed, 'the hosts whose inventory did not fit are named');
      for (const { name, freshness, counts } of hosts) {
        const { size } = fleet.agents.find((agent) => agent.name === name)!.state!.networks;
        expect({ name, freshness, networks: counts.networks }).toEqual(
          freshness === 'live'
            ? { name, freshness, networks: size }
            : { name, freshness, networks: expect.any(Number) },
        );
      }
      expect(hosts.find(({ name }) => name === 'host-0')?.labels).toMatchObject({ kept });

      fs.rmSync(ballast());
      await fleet.agree();
      expect((await label('after')).labels).toMatchObject({ kept: 'after' });
    },
    SLOW_MS,
  );

  it(
    'lets the controller end when it is told to, although it cannot note which hosts were there',
    async () => {
      await startWithHosts();
      await fillUp();
      await fleet.endController('SIGTERM');
    },
    SLOW_MS,
  );

  it(
    'keeps a controller from starting, which says so, and starts with all it had once there is space again',
    async () => {
      await startWithHosts();
      fleet.awaken();
      await fleet.agree();
      await fleet.endController('SIGKILL');
      await fleet.disconnect();
      fill(0);
      const { code, said } = await fleet.launchController();
      expect(code).toBe(1);
      expect(said).toMatch(/disk is full|no space left/i);
      expect(said).toMatch(/Free some space/);
      expect(said).not.toMatch(/^\s+at /m);
      fs.rmSync(ballast());
      await fleet.startController();
      fleet.connect();
      await fleet.agree();
    },
    SLOW_MS,
  );
});

describe('a damaged database', () => {
  const file = (suffix = ''): string => join(fleet.dataDir, `fairlead.db${suffix}`);
  const digest = (path: string): string => createHash('sha256').update(fs.readFileSync(path)).digest('hex');
  const random = seeded(11);
  const noise = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));

  beforeEach(async () => {
    await startWithHosts();
    fleet.awaken();
    await fleet.agree();
  }, SLOW_MS);

  it.each([
    ['overwritten in the middle', (path: string, size: number) => overwrite(path, Math.floor(size / 2), noise(65_536))],
    ['overwritten at its beginning', (path: string) => overwrite(path, 0, noise(4_096))],
    ['cut to its half', (path: string, size: number) => fs.truncateSync(path, Math.floor(size / 2))],
  ])(
    'that was %s is not served nor changed, and its backup brings all hosts back',
    async (_, damage) => {
      await end('SIGTERM');
      const backup = join(fleet.folder, 'backup.db');
      fs.copyFileSync(file(), backup);
      damage(file(), fs.statSync(file()).size);
      const damaged = digest(file());

      const { code, said } = await fleet.launchController();
      expect(code).toBe(1);
      expect(said).toContain(`The database ${file()} is damaged`);
      expect(said).toMatch(/Nothing was changed/);
      expect(said).toMatch(/Move it aside, .* and put a backup in its place/);
      expect(digest(file())).toBe(damaged);

      moveAside();
      fs.copyFileSync(backup, file());
      for (const agent of fleet.agents) agent.change(random);
      await fleet.startController();
      fleet.connect();
      await fleet.agree();
    },
    SLOW_MS,
  );

  it(
    'of which there is no backup costs all hosts their identity, which each is told, and joins again',
    async () => {
      await end('SIGTERM');
      overwrite(file(), 0, noise(4_096));
      moveAside();
      await fleet.startController();
      fleet.connect();
      const told = async (): Promise<boolean> => Object.keys(fleet.tally.lost).some((why) => /Join it anew/.test(why));
      await until(told, 'the hosts are told to join');
      await fleet.disconnect();
      fleet.agents.length = 0;
      await fleet.join(HOSTS);
      fleet.awaken();
      fleet.connect();
      await fleet.agree();
    },
    SLOW_MS,
  );

  it(
    'log of which the end is gone costs what stood there, and the agents bring it back',
    async () => {
      for (const agent of fleet.agents) agent.change(random);
      await fleet.agree();
      await end('SIGKILL');
      const { size } = fs.statSync(file('-wal'));
      overwrite(file('-wal'), Math.floor(size / 2), noise(4_096));
      await fleet.startController();
      fleet.connect();
      await fleet.agree();
    },
    SLOW_MS,
  );

  /** Ends the controller, and its agents stop dialling. */
  async function end(signal: NodeJS.Signals): Promise<void> {
    await fleet.endController(signal);
    await fleet.disconnect();
  }

  function moveAside(): void {
    for (const suffix of ['', '-wal', '-shm'].filter((each) => fs.existsSync(file(each)))) {
      fs.renameSync(file(suffix), join(fleet.folder, `aside.db${suffix}`));
    }
  }

  function overwrite(path: string, at: number, bytes: Buffer): void {
    const opened = fs.openSync(path, 'r+');
    fs.writeSync(opened, bytes, 0, bytes.length, at);
    fs.closeSync(opened);
  }
});
