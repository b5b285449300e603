import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Lab, images, type LabHost } from './index.js';
import { traces } from '../test/traces.js';
import { describeOnLab } from './testing.js';

describeOnLab('a lab of two hosts', () => {
  let lab: Lab;
  let one: LabHost;
  let two: LabHost;

  beforeAll(async () => {
    lab = await Lab.start({ hosts: 2 });
    [one, two] = lab.hosts as [LabHost, LabHost];
  }, 60_000);
  afterAll(() => lab.stop(), 60_000);

  test('has two engines with names and ids of their own', async () => {
    const format = '{{.Name}} {{.ID}}';
    const [nameOfOne, idOfOne] = (await one.docker('info', '--format', format)).split(' ');
    const [nameOfTwo, idOfTwo] = (await two.docker('info', '--format', format)).split(' ');
    expect([nameOfOne, nameOfTwo]).toEqual(['lab1', 'lab2']);
    expect(idOfOne).not.toBe(idOfTwo);
  });

  test('runs containers, and keeps the networks of the hosts apart', async () => {
    await one.docker('network', 'create', 'only-here');
    await one.docker('run', '--detach', '--name', 'c1', '--network', 'only-here', images.busybox, 'sleep', '1000');
    expect(await one.docker('exec', 'c1', 'nslookup', 'c1')).toContain('172.18.0.2');
    expect(await one.docker('network', 'ls', '--format', '{{.Name}}')).toContain('only-here');
    expect(await two.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('only-here');
  });

  test('fails at once on names that nobody knows', async () => {
    const started = performance.now();
    await expect(one.docker('exec', 'c1', 'nslookup', 'nobody.invalid')).rejects.toThrow('NXDOMAIN');
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test('lets containers reach other hosts', async () => {
    await expect(one.docker('exec', 'c1', 'ping', '-c', '1', '-W', '2', two.address)).resolves.toContain(
      '1 packets received',
    );
  });

  test('has an image without any tools', async () => {
    await two.docker('run', '--detach', '--name', 'bare', images.bare);
    expect(await two.docker('inspect', '--format', '{{.State.Running}}', 'bare')).toBe('true');
    for (const tool of ['ping', 'nslookup', 'sh']) {
      await expect(two.docker('exec', 'bare', tool)).rejects.toThrow(/executable file not found/);
    }
  });

  test('says in the words of docker what went wrong', async () => {
    await expect(one.docker('network', 'rm', 'nothing')).rejects.toThrow(
      /network nothing not found|No such network: nothing/,
    );
  });

  test("gives a program the environment it is started with, marked as the lab's", async () => {
    const env = { ...process.env, LAB_MARK: 'other', OTHER: 'kept' };
    const output = await text(one.spawn('env', [], { env }).stdout as Readable);
    expect(output).toContain('OTHER=kept');
    expect(output).not.toContain('LAB_MARK=other');
  });

  describe('whose link is cut', () => {
    const ping = () => one.run('ping', '-c', '1', '-W', '1', two.address);

    test('loses what is sent, without being told, until it is healed', async () => {
      await expect(ping()).resolves.toContain('1 received');
      await two.cut();
      const lost = await ping().catch((error: Error) => error.message);
      expect(lost).toContain('0 received');
      expect(lost).not.toContain('nreachable');
      await two.heal();
      await expect(ping()).resolves.toContain('1 received');
    });
  });
});

describeOnLab('labs side by side', () => {
  test('use the same addresses and do not meet', async () => {
    const [first, second] = await Promise.all([Lab.start({ hosts: 1 }), Lab.start({ hosts: 1, iptables: false })]);
    const [a, b] = [first.hosts[0] as LabHost, second.hosts[0] as LabHost];
    expect(a.address).toBe(b.address);
    expect(a.namespace).not.toBe(b.namespace);
    await a.docker('network', 'create', 'mine');
    expect(await b.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('mine');

    await first.stop();
    expect(traces(first)).toEqual([]);
    expect(await b.docker('version', '--format', '{{.Server.Os}}')).toBe('linux');
    await second.stop();
    expect(traces(second)).toEqual([]);
  }, 60_000);
});

describeOnLab('the folder of a lab', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-folder-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is removed if the lab made it', async () => {
    const directory = join(folder, 'made');
    const lab = await Lab.start({ hosts: 1, directory });
    expect(lab.directory).toBe(directory);
    await lab.stop();
    expect(existsSync(directory)).toBe(false);
  }, 60_000);

  test('is left, empty, if it was there before', async () => {
    const directory = join(folder, 'given');
    mkdirSync(directory);
    const lab = await Lab.start({ hosts: 1, directory });
    await lab.tunnel({ port: 1 });
    await lab.stop();
    expect(readdirSync(directory)).toEqual([]);
  }, 60_000);

  test('is refused and left as it is if it holds anything', async () => {
    writeFileSync(join(folder, 'precious'), 'kept');
    await expect(Lab.start({ hosts: 1, directory: folder })).rejects.toThrow(/is not empty/);
    expect(readdirSync(folder)).toContain('precious');
  });

  test('is refused if its path is too long for sockets, and nothing is left', async () => {
    const directory = join(folder, 'x'.repeat(80));
    await expect(Lab.start({ hosts: 1, directory })).rejects.toThrow(/too long for Unix sockets/);
    expect(existsSync(directory)).toBe(false);
  });
});

describeOnLab('an engine that does not start', () => {
  test('is told with the end of its log, and nothing is left', async () => {
    const directory = join(tmpdir(), `lab-fails-${process.pid}`);
    const start = Lab.start({ hosts: 1, directory, engineArgs: ['--no-such-flag'] });
    await expect(start).rejects.toThrow(/The engine of lab1 ended before it answered[^]*unknown flag: --no-such-flag/);
    expect(existsSync(directory)).toBe(false);
  }, 60_000);
});
