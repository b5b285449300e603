import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ask } from './engine-api.js';
import { Lab, images, type LabHost } from './index.js';
import { describeOnLab } from './testing.js';

describeOnLab('the engine of a host', () => {
  let lab: Lab;
  let host: LabHost;
  const ping = (timeout = 5000) => ask(host.socketPath, { path: '/_ping', timeout });
  const engineId = () => host.docker('info', '--format', '{{.ID}}');

  beforeAll(async () => {
    lab = await Lab.start({ hosts: 1 });
    host = lab.hosts[0] as LabHost;
  }, 60_000);
  afterAll(() => lab.stop(), 60_000);

  test('comes back after a kill, with the same id and networks', async () => {
    await host.docker('network', 'create', 'lasting');
    const [id, pid] = [await engineId(), host.enginePid];
    await host.killEngine();
    await expect(ping()).rejects.toThrow('ECONNREFUSED'); // the socket file is left
    expect(() => host.enginePid).toThrow(/does not run/);
    await host.startEngine();
    expect(host.enginePid).not.toBe(pid);
    expect(await engineId()).toBe(id);
    await expect(host.docker('network', 'inspect', 'lasting')).resolves.toContain('"lasting"');
  }, 60_000);

  test('can be killed while containers run, and starts them again', async () => {
    const run = ['run', '--detach', '--restart', 'always', '--stop-timeout', '1'];
    await host.docker(...run, '--name', 'c1', images.busybox, 'sleep', '1000');
    await host.killEngine();
    await host.startEngine();
    expect(await host.docker('exec', 'c1', 'echo', 'alive')).toBe('alive');
    await host.docker('rm', '--force', 'c1');
  }, 60_000);

  test('stops cleanly', async () => {
    await host.stopEngine();
    await expect(ping()).rejects.toThrow('ENOENT'); // the socket file is gone
    await expect(host.stopEngine()).rejects.toThrow(/does not run\. Start it/);
    await host.startEngine();
    expect((await ping()).status).toBe(200);
  }, 60_000);

  test('does not answer while it is paused', async () => {
    await host.pauseEngine();
    await expect(ping(300)).rejects.toThrow(/no answer/);
    await host.resumeEngine();
    expect((await ping()).status).toBe(200);
  });

  test('can be killed while it is paused', async () => {
    await host.pauseEngine();
    await host.killEngine();
    await host.startEngine();
    expect((await ping()).status).toBe(200);
  }, 60_000);

  test('is started only once', async () => {
    const pid = host.enginePid;
    await host.startEngine();
    expect(host.enginePid).toBe(pid);
  });
});

describeOnLab('an engine with --live-restore', () => {
  test('leaves its containers running when it is killed', async () => {
    const lab = await Lab.start({ hosts: 1, engineArgs: (name) => (name === 'lab1' ? ['--live-restore'] : []) });
    const host = lab.hosts[0] as LabHost;
    await host.docker('run', '--detach', '--name', 'c1', images.busybox, 'sleep', '1000');
    const started = await host.docker('inspect', '--format', '{{.State.StartedAt}}', 'c1');
    await host.killEngine();
    await host.startEngine();
    expect(await host.docker('inspect', '--format', '{{.State.StartedAt}}', 'c1')).toBe(started);
    expect(await host.docker('exec', 'c1', 'echo', 'alive')).toBe('alive');
    await lab.stop();
  }, 60_000);
});
