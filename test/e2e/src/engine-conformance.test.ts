import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDockerEngine } from '@fairlead/engine';
import { engineConformance, type EngineUnderTest } from '@fairlead/engine/conformance';
import { images, Lab, type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { engineUnderTest } from './support/engine-under-test.js';

/** Engines without firewall rules behave the same towards their API, and make networks ten times faster. */
const QUICK = { hosts: 1, iptables: false };
const LAB_MS = 120_000;

describeOnLab('a real engine', () => {
  engineConformance('behind its API', () => startLab());

  describe('an engine that is frozen', () => {
    let lab: Lab | undefined;
    beforeAll(async () => {
      lab = await Lab.start({ ...QUICK, ...(await engineUnderTest()) });
    }, LAB_MS);
    afterAll(() => lab?.stop(), LAB_MS);

    it('does not answer in time, and answers again when it wakes', async () => {
      const host = firstHost(lab);
      const engine = createDockerEngine(host.engineUrl, { timeoutMs: 300 });
      await host.pauseEngine();
      for (const call of [() => engine.ping(), () => engine.listNetworks(), () => engine.removeNetwork('my-net')]) {
        await expect(call()).rejects.toMatchObject({
          code: 'engine_unavailable',
          hint: expect.stringMatching(/frozen/),
        });
      }
      const handlers = { opened: () => undefined, event: () => undefined };
      const following = engine.followEvents(handlers, new AbortController().signal);
      await expect(following).rejects.toMatchObject({ code: 'engine_unavailable' });
      await host.resumeEngine();
      await expect(createDockerEngine(host.engineUrl).ping()).resolves.toBeUndefined();
    });
  });
});

async function startLab(): Promise<EngineUnderTest> {
  const lab = await Lab.start({ ...QUICK, ...(await engineUnderTest()) });
  const host = firstHost(lab);
  const docker = async (...args: string[]): Promise<void> => void (await host.docker(...args));
  const make = (verb: readonly string[], name: string, network = 'bridge'): Promise<string> =>
    host.docker(
      ...verb,
      '--stop-timeout',
      '0',
      '--cap-add',
      'NET_RAW',
      '--name',
      name,
      '--network',
      network,
      images.busybox,
      'sleep',
      '100000',
    );
  return {
    engine: createDockerEngine(host.engineUrl),
    host: {
      run: (name, network) => make(['run', '--detach'], name, network),
      create: (name, network) => make(['create'], name, network),
      start: (container) => docker('start', container),
      stop: (container) => docker('stop', '--time', '0', container),
      remove: (container) => docker('rm', '--force', container),
      restart: async () => {
        await host.stopEngine();
        await host.startEngine();
      },
      goDown: () => host.killEngine(),
      comeUp: () => host.startEngine(),
      tearDown: () => lab.stop(),
    },
  };
}

function firstHost(lab: Lab | undefined): LabHost {
  const host = lab?.hosts[0];
  if (host === undefined) throw new Error('the lab has no host');
  return host;
}
