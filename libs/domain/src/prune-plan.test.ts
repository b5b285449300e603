import { describe, expect, it } from '@jest/globals';
import { LABELS_LEFT_OUT, parseLabelFilter } from './label-filter.js';
import type { Network } from './network.js';
import { PROTECT_LABEL } from './protect.js';
import { planPrune } from './prune-plan.js';
import { aNetwork, anEndpoint } from './testing.js';

const now = Date.parse('2026-11-24T00:00:00Z');
const PROJECT = 'com.docker.compose.project';
const all = { createdBefore: undefined, labels: [] };
const judge = (
  network: Partial<Network>,
  filters: Parameters<typeof planPrune>[1] = all,
  others: Network[] = [],
  inSwarm = false,
) =>
  planPrune([aNetwork(network), ...others], filters, inSwarm, now).find(
    (item) => item.network.name === (network.name ?? 'my-net'),
  );

describe('planPrune', () => {
  it('removes a network that no container uses', () =>
    expect(judge({})).toMatchObject({ action: 'remove', reason: 'unused' }));

  it.each(['exited', 'created', 'dead'] as const)('keeps a network that a container in state %s still uses', (state) =>
    expect(judge({ endpoints: [anEndpoint('one', { state })] })).toMatchObject({
      action: 'keep',
      reason: 'stopped-containers',
      explanation: `used by stopped container one (${state})`,
    }),
  );

  it.each(['running', 'restarting', 'paused', 'removing', 'unknown'] as const)(
    'counts a container that is %s as in use',
    (state) =>
      expect(judge({ endpoints: [anEndpoint('one', { state })] })).toMatchObject({ action: 'keep', reason: 'in-use' }),
  );

  it.each([
    { name: 'bridge' },
    { name: 'host', driver: 'host' },
    { name: 'none', driver: 'null' },
    { name: 'podman' },
    { name: 'docker_gwbridge' },
    { name: 'ingress', driver: 'overlay', ingress: true },
  ])('keeps built-in $name', (network) =>
    expect(judge(network)).toMatchObject({ action: 'keep', reason: 'predefined' }),
  );

  it('removes a user network that only looks built in', () =>
    expect(judge({ name: 'none', driver: 'bridge' })).toMatchObject({ action: 'remove' }));

  it('keeps a config-only network that another one refers to', () => {
    const referring = aNetwork({ name: 'vlan7', configFrom: 'vlan7-config' });
    expect(judge({ name: 'vlan7-config', configOnly: true }, all, [referring])).toMatchObject({
      reason: 'config-referenced',
    });
    expect(judge({ name: 'vlan7-config', configOnly: true })).toMatchObject({ action: 'remove' });
  });

  it('keeps every config-only network of a host in a swarm, whose networks it may not list', () => {
    const inSwarm = (network: Partial<Network>) => judge(network, all, [], true);
    expect(inSwarm({ name: 'vlan7-config', configOnly: true })).toMatchObject({
      action: 'keep',
      reason: 'swarm-scope',
      explanation: 'config-only on a host of a swarm: networks that are not listed here may be made from it',
    });
    expect(inSwarm({})).toMatchObject({ action: 'remove' });
  });

  it('keeps a swarm network, because one host does not know its users on the others', () =>
    expect(judge({ scope: 'swarm', driver: 'overlay' })).toMatchObject({ action: 'keep', reason: 'swarm-scope' }));

  it('keeps what was created at or after the given time, also where the time cannot be read', () => {
    const filters = { createdBefore: Date.parse('2026-11-01T00:00:00Z'), labels: [] };
    expect(judge({ createdAt: '2026-10-31T23:59:59Z' }, filters)).toMatchObject({ action: 'remove' });
    expect(judge({ createdAt: '2026-11-01T00:00:00Z' }, filters)).toMatchObject({ reason: 'too-young' });
    expect(judge({ createdAt: '' }, filters)).toMatchObject({ reason: 'too-young' });
  });

  it('keeps what the label filters do not match', () => {
    const filters = { createdBefore: undefined, labels: [parseLabelFilter('ci=1'), parseLabelFilter('keep', true)] };
    expect(judge({ labels: { ci: '1' } }, filters)).toMatchObject({ action: 'remove' });
    expect(judge({ labels: { ci: '1', keep: '' } }, filters)).toMatchObject({ reason: 'label-mismatch' });
    expect(judge({ labels: {} }, filters)).toMatchObject({ reason: 'label-mismatch' });
  });

  it('keeps what was created at no time that its engine tells, once a time is given', () => {
    const never = { createdAt: '0001-01-01T00:00:00.000Z' };
    const explanation = 'its engine does not tell when it was created';
    expect(judge(never, { createdBefore: now, labels: [] })).toMatchObject({ reason: 'too-young', explanation });
    expect(judge(never)).toMatchObject({ action: 'remove' });
  });

  it('keeps a network whose labels are not all known, as it may be protected', () => {
    const cut = { ci: '1', [LABELS_LEFT_OUT]: '12' };
    const known = { ...cut, [PROTECT_LABEL]: 'false', [PROJECT]: 'shop' };
    expect(judge({ labels: cut })).toMatchObject({ action: 'keep', reason: 'labels-unknown' });
    expect(judge({ labels: known })).toMatchObject({ action: 'remove' });
  });

  it('keeps a network whose labels are not all known, once other labels are asked about', () => {
    const labels = { [LABELS_LEFT_OUT]: '12', [PROTECT_LABEL]: 'false', [PROJECT]: 'shop' };
    const filters = { createdBefore: undefined, labels: [parseLabelFilter('keep', true)] };
    expect(judge({ labels }, filters)).toMatchObject({ action: 'keep', reason: 'label-mismatch' });
  });

  it('keeps what a label protects', () => {
    expect(judge({ labels: { [PROTECT_LABEL]: '' } })).toMatchObject({ action: 'keep', reason: 'protected' });
    expect(judge({ labels: { [PROTECT_LABEL]: 'false' } })).toMatchObject({ action: 'remove' });
  });

  it('keeps a network of a Compose project that has a container left on another one', () => {
    const other = aNetwork({ name: 'other', endpoints: [anEndpoint('web', { project: 'shop', state: 'exited' })] });
    expect(judge({ labels: { [PROJECT]: 'shop' } }, all, [other])).toMatchObject({ reason: 'project-in-use' });
    expect(judge({ labels: { [PROJECT]: 'blog' } }, all, [other])).toMatchObject({ action: 'remove' });
  });

  it('lists every network once, in an order that does not depend on the engine', () => {
    const networks = ['c', 'a', 'b'].map((name) => aNetwork({ name }));
    const names = (items: readonly Network[]) => planPrune(items, all, false, now).map(({ network }) => network.name);
    expect(names(networks)).toEqual(['a', 'b', 'c']);
    expect(names([...networks].reverse())).toEqual(['a', 'b', 'c']);
  });

  it('names at most ten users', () => {
    const endpoints = Array.from({ length: 12 }, (_, index) => anEndpoint(`c${String(index).padStart(2, '0')}`));
    expect(judge({ endpoints })?.explanation).toBe(
      'used by c00, c01, c02, c03, c04, c05, c06, c07, c08, c09 and 2 more',
    );
  });
});
