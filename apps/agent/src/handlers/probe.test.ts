import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProbeTools } from '../probe/probe-tools.js';
import { arrive, call, createRig, type Rig } from '../testing/handler-rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
  rig.engine.addNetwork({ name: 'my-net' });
  rig.engine.addNetwork({ name: 'other' });
  rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
  rig.engine.addContainer({ name: 'two', networks: [{ network: 'my-net', aliases: ['web'] }] });
  rig.engine.addContainer({ name: 'far', networks: ['other'] });
  rig.engine.addContainer({ name: 'asleep', networks: ['my-net'], state: 'exited' });
});
afterEach(() => rig.end());

const probe = (from: string, target: string, count = 0) =>
  rig.handlers.Probe(arrive('Probe', { from, target, count }), call());

describe('probe', () => {
  it('resolves and reaches a neighbour by name, with times, and says by which network', async () => {
    const answer = await probe('one', 'two');
    expect(answer).toMatchObject({
      reachable: true,
      resolution: { needed: true, resolved: true, addresses: [expect.stringMatching(/^172\./)], method: 'container' },
      ping: {
        tried: true,
        sent: 3,
        received: 3,
        roundTripMs: [expect.any(Number), expect.any(Number), expect.any(Number)],
      },
    });
    expect(answer.explanation).toMatch(
      /^'one' reaches 'two' \(172\.[\d.]+\): 3 of 3 echoes came back, .* Both are on my-net\.$/,
    );
  });

  it('takes an address as it is, and an alias for a name', async () => {
    const { resolution } = await probe('one', 'web');
    const address = resolution?.addresses?.[0] ?? '';
    expect(await probe('one', address, 1)).toMatchObject({
      reachable: true,
      resolution: { needed: false },
      ping: { sent: 1 },
    });
  });

  it('explains that they share no network', async () => {
    expect(await probe('one', 'far')).toMatchObject({
      reachable: false,
      resolution: { resolved: false },
      ping: { tried: false },
      explanation: expect.stringMatching(/cannot resolve 'far'.*share no network.*my-net.*other/),
    });
  });

  it('explains a stopped target, and tries nothing from a stopped source', async () => {
    expect((await probe('one', 'asleep')).explanation).toContain('not running (exited)');
    rig.calls.length = 0;
    expect(await probe('asleep', 'one')).toMatchObject({
      reachable: false,
      explanation: expect.stringContaining('start it first'),
    });
    expect(rig.calls).not.toContain('execute');
  });

  it('reports an address that does not answer', async () => {
    expect(await probe('one', '10.255.255.1')).toMatchObject({
      reachable: false,
      ping: { tried: true, sent: 3, received: 0, error: 'no echo came back' },
      explanation: expect.stringContaining("'one' does not reach '10.255.255.1'"),
    });
  });

  it.each(['-f', '--help', 'a b', '$(id)', 'a;b', '', 'x'.repeat(254)])('refuses the target %p', async (target) => {
    await expect(probe('one', target)).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(rig.calls).not.toContain('execute');
  });

  it('refuses a source that is not there, and more than ten echoes', async () => {
    await expect(probe('nobody', 'one')).rejects.toMatchObject({ code: 'container_not_found' });
    await expect(probe('--all', 'one')).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(probe('one', 'two', 11)).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  const none: ProbeTools = {
    method: 'container',
    resolve: () => Promise.resolve({ missing: 'the container has no getent' }),
    ping: () => Promise.resolve({ missing: 'the container has no ping' }),
  };

  it("uses the host's tools where the container has none", async () => {
    const hosts: ProbeTools = {
      method: 'namespace',
      resolve: () => Promise.resolve({ addresses: ['172.18.0.3'], error: '' }),
      ping: () => Promise.resolve({ sent: 1, received: 1, roundTripMs: [0.2], error: '' }),
    };
    const life = await rig.again({ probeTools: [none, hosts] });
    const answer = await life.handlers.Probe(arrive('Probe', { from: 'one', target: 'two' }), call());
    expect(answer).toMatchObject({
      reachable: true,
      resolution: { method: 'namespace' },
      ping: { method: 'namespace' },
    });
  });

  it('says what is missing and what to do where there is nothing to look with', async () => {
    const life = await rig.again({ probeTools: [none] });
    const answer = await life.handlers.Probe(arrive('Probe', { from: 'one', target: '172.18.0.3' }), call());
    expect(answer).toMatchObject({ reachable: false, ping: { tried: false } });
    expect(answer.explanation).toMatch(/was not pinged: .*the container has no ping.*as root/);
  });

  it('tells apart what works although the networks alone do not say so', async () => {
    const tools: ProbeTools = {
      ...none,
      ping: () => Promise.resolve({ sent: 1, received: 1, roundTripMs: [0.2], error: '' }),
    };
    const life = await rig.again({ probeTools: [tools] });
    const far = (await rig.engine.inspectContainer('far')).attachments[0]?.ipv4 ?? '';
    const answer = await life.handlers.Probe(arrive('Probe', { from: 'one', target: far }), call());
    expect(answer).toMatchObject({
      reachable: true,
      explanation: expect.stringContaining('By the networks alone it should not'),
    });
  });
});
