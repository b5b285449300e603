import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compile } from '../test/compile.js';
import { cleanUp } from './index.js';
import { registryDirectory } from './record.js';
import { describeOnLab } from './testing.js';
import { traces } from '../test/traces.js';

/** A program with a lab in full use, which it never stops. The last process hides the mark of the lab. */
const program = `
import { Lab, images } from './src/index.js';
const lab = await Lab.start({ hosts: 2, directory: process.argv[2] });
const [one, two] = lab.hosts;
await Promise.all([lab.swarm(), lab.tunnel({ port: 7801 })]);
await one.docker('network', 'create', '--driver', 'overlay', '--attachable', 'wide');
for (const host of lab.hosts) {
  await host.docker('run', '--detach', '--network', 'wide', images.busybox, 'sleep', '1000');
  await host.docker('run', '--detach', '--publish', '8080:80', images.bare);
}
await two.killEngine();
one.spawn('env', ['-i', process.execPath, '-e', 'setInterval(Date.now, 1000)'], { detached: true });
console.log('in use');
setInterval(Date.now, 1000);
`;

describeOnLab('a crashed lab', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-crash-'));
  const foreign = `kept-${process.pid}`;

  beforeAll(() => {
    compile(folder);
    writeFileSync(join(folder, 'program.js'), program);
    execFileSync('ip', ['netns', 'add', foreign]);
    execFileSync('ip', ['link', 'add', foreign, 'type', 'bridge']);
  });
  afterAll(() => {
    execFileSync('ip', ['netns', 'del', foreign]);
    execFileSync('ip', ['link', 'del', foreign]);
    rmSync(folder, { recursive: true });
  });

  const start = (directory: string) =>
    spawn(process.execPath, [join(folder, 'program.js'), directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const crash = async (child: ChildProcess) => {
    const remains = { directory: child.spawnargs.at(-1) ?? '', mark: markOf(child.pid ?? 0) };
    child.kill('SIGKILL');
    await once(child, 'exit');
    return remains;
  };

  test('is removed whole, and nothing else', async () => {
    const child = start(join(folder, 'used'));
    await once(child.stdout, 'data');
    const network = machineNetwork();
    const remains = await crash(child);
    expect(traces(remains).length).toBeGreaterThan(10);

    const removed = await cleanUp();
    expect(traces(remains)).toEqual([]);
    expect(removed).toContain(`folder ${remains.directory}`);
    expect(removed).toContain(`network namespace ${remains.mark}-lab2`);
    expect(removed).toContain(`control group ${remains.mark}`);
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).toContain(foreign);
    expect(machineNetwork()).toEqual(network);
  }, 120_000);

  test.each([60, 150, 300, 600])(
    'is removed when it crashed %i ms after its start began',
    async (delay) => {
      const child = start(join(folder, `young-${delay}`));
      while (markOf(child.pid ?? 0) === '') await sleep(5);
      await sleep(delay);
      const remains = await crash(child);
      await cleanUp();
      expect(traces(remains)).toEqual([]);
    },
    60_000,
  );

  test('is left alone while its owner lives', async () => {
    const child = start(join(folder, 'alive'));
    await once(child.stdout, 'data');
    expect((await cleanUp()).filter((line) => line.includes(folder))).toEqual([]);
    const remains = await crash(child);
    expect(traces(remains).length).toBeGreaterThan(10);
    await cleanUp();
    expect(traces(remains)).toEqual([]);
  }, 120_000);
});

/** Devices and firewall rules of the machine's own network. */
function machineNetwork(): string[] {
  const rules = ['filter', 'nat'].map((table) => execFileSync('iptables', ['-t', table, '-S'], { encoding: 'utf8' }));
  return [...readdirSync('/sys/class/net'), ...rules];
}

/** The mark of the lab that this process owns, or nothing. */
function markOf(pid: number): string {
  const record = readdirSync(registryDirectory).find((name) => name.split(/[.-]/)[1] === `${pid}`);
  return record === undefined ? '' : `fairlead-${record.split('.')[0]}`;
}
