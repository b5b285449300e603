import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Lab, images, type LabHost } from './index.js';
import { describeOnLab } from './testing.js';
import { poll } from './waiting.js';

describeOnLab('a swarm of two hosts', () => {
  let lab: Lab;
  let manager: LabHost;
  let worker: LabHost;

  beforeAll(async () => {
    lab = await Lab.start({ hosts: 2 });
    [manager, worker] = lab.hosts as [LabHost, LabHost];
    await lab.swarm();
  }, 60_000);
  afterAll(() => lab.stop(), 60_000);

  test('has the first host as its manager', async () => {
    expect(await manager.docker('info', '--format', '{{.Swarm.ControlAvailable}} {{.Swarm.Nodes}}')).toBe('true 2');
    expect(await worker.docker('info', '--format', '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}')).toBe(
      'active false',
    );
  });

  test('carries an attachable overlay network across the hosts, by name', async () => {
    await manager.docker('network', 'create', '--driver', 'overlay', '--attachable', 'wide');
    const run = ['run', '--detach', '--network', 'wide'];
    await manager.docker(...run, '--name', 'here', images.busybox, 'sleep', '1000');
    await worker.docker(...run, '--name', 'there', images.busybox, 'sleep', '1000');
    const ping = () => manager.docker('exec', 'here', 'ping', '-c', '1', '-W', '1', 'there').catch(() => undefined);
    expect(await poll(20_000, ping)).toContain('1 packets received');
  }, 60_000);
});
