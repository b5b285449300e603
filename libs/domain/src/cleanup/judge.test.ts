import { describe, expect, it } from '@jest/globals';
import { LABELS_LEFT_OUT } from '../label-filter.js';
import { type Network } from '../network.js';
import { PROTECT_LABEL } from '../protect.js';
import { parseSelector } from '../selector.js';
import { aNetwork, anEndpoint } from '../testing.js';
import { contextOf, toPlanNetwork } from './context.js';
import { judgeNetwork } from './judge.js';
import { type CleanupPolicy } from './policy.js';
import { aPolicy, aRule } from './testing.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-24T00:00:00Z');
const PROJECT = 'com.docker.compose.project';
const ago = (ms: number): string => new Date(NOW - ms).toISOString();

interface Case extends Partial<Network> {
  readonly unusedSinceAt?: number | null;
  readonly others?: readonly Network[];
  readonly inSwarm?: boolean;
  readonly policy?: Partial<CleanupPolicy>;
}

/** Of a network that is a month old and unused for as long, unless the case says otherwise. */
function judge({ unusedSinceAt = NOW - 31 * DAY, others = [], inSwarm = false, policy, ...overrides }: Case = {}) {
  const network = aNetwork({ createdAt: ago(31 * DAY), ...overrides });
  const context = contextOf([network, ...others], inSwarm);
  return judgeNetwork(aPolicy(policy), toPlanNetwork(network, unusedSinceAt), context, NOW);
}

describe('a cleanup policy', () => {
  it('removes a network that was unused for long enough, and says how it could come back', () =>
    expect(judge()).toEqual({
      action: 'remove',
      reason: 'unused',
      explanation: 'no container, running or stopped, was on it for 31d',
      restorability: 'exactly',
      losses: [expect.stringContaining('its bridge br-')],
    }));

  it('says of a network that it keeps only why', () =>
    expect(judge({ name: 'bridge' })).toEqual({
      action: 'keep',
      reason: 'predefined',
      explanation: 'built in: the engine needs it',
      restorability: null,
      losses: [],
    }));

  it.each(['exited', 'created', 'dead'] as const)('keeps a network that a container in state %s still uses', (state) =>
    expect(judge({ endpoints: [anEndpoint('one', { state })] })).toMatchObject({
      reason: 'stopped-containers',
      explanation: `used by stopped container one (${state})`,
    }),
  );

  it.each(['running', 'restarting', 'paused', 'removing', 'unknown'] as const)(
    'counts a container that is %s as in use, whatever the record of its use says',
    (state) => expect(judge({ endpoints: [anEndpoint('one', { state })] })).toMatchObject({ reason: 'in-use' }),
  );

  it('tells how many use a network where their names were cut', () => {
    const users = { count: 40, allStopped: true, names: ['one (exited)', 'two (exited)'] };
    const network = { ...toPlanNetwork(aNetwork(), null), users };
    expect(judgeNetwork(aPolicy(), network, contextOf([], false), NOW)).toMatchObject({
      reason: 'stopped-containers',
      explanation: 'used by stopped containers one (exited), two (exited) and 38 more',
    });
  });

  it('keeps a config-only network that another one refers to', () => {
    const referring = aNetwork({ name: 'vlan7', configFrom: 'vlan7-config' });
    const config = { name: 'vlan7-config', driver: 'null', configOnly: true };
    expect(judge({ ...config, others: [referring] })).toMatchObject({ reason: 'config-referenced' });
    expect(judge(config)).toMatchObject({ action: 'remove' });
  });

  it('keeps every config-only network of a host in a swarm, whose networks it may not list', () => {
    const config = { name: 'vlan7-config', driver: 'null', configOnly: true };
    expect(judge({ ...config, inSwarm: true })).toMatchObject({
      reason: 'swarm-scope',
      explanation: 'config-only on a host of a swarm: networks that are not listed here may be made from it',
    });
    expect(judge({ inSwarm: true })).toMatchObject({ action: 'remove' });
  });

  it('keeps a swarm network, because one host does not know its users on the others', () =>
    expect(judge({ scope: 'swarm', driver: 'overlay' })).toMatchObject({ reason: 'swarm-scope' }));

  it.each(['', 'true', 'no', 'FALSE'])('keeps a network with the protecting label of the value %j', (value) =>
    expect(judge({ labels: { [PROTECT_LABEL]: value } })).toMatchObject({
      reason: 'protected',
      explanation: 'protected by its label fairlead/protect',
    }),
  );

  it('takes a protecting label of the value "false" for none', () =>
    expect(judge({ labels: { [PROTECT_LABEL]: 'false' } })).toMatchObject({ action: 'remove' }));

  it('keeps what belongs to a Compose project that has a container left anywhere on the host', () => {
    const left = (project: string) =>
      aNetwork({ name: 'host', driver: 'host', endpoints: [anEndpoint('web', { project, state: 'exited' })] });
    const labels = { [PROJECT]: 'shop' };
    expect(judge({ labels, others: [left('shop')] })).toMatchObject({
      reason: 'project-in-use',
      explanation: 'containers of its Compose project shop are left on this host',
    });
    expect(judge({ labels, others: [left('blog'), left('')] })).toMatchObject({ action: 'remove' });
    expect(judge({ labels: { [PROJECT]: '' }, others: [left('')] })).toMatchObject({ action: 'remove' });
  });

  describe('keeps a network whose labels are not all known', () => {
    const cut = { [LABELS_LEFT_OUT]: '3' };
    const harmless = { ...cut, [PROTECT_LABEL]: 'false', [PROJECT]: 'shop' };

    it('as the protecting label may be among them', () =>
      expect(judge({ labels: { ...cut, [PROJECT]: 'shop' } })).toMatchObject({
        reason: 'labels-unknown',
        explanation: 'has more labels than are known here, and fairlead/protect may be among them',
      }));

    it('as the project may be among them', () =>
      expect(judge({ labels: { ...cut, [PROTECT_LABEL]: 'false' } })).toMatchObject({ reason: 'labels-unknown' }));

    it('as a rule asks for one that may be among them', () => {
      const rules = [aRule({ labels: parseSelector('keep') })];
      expect(judge({ labels: harmless, policy: { match: rules } })).toMatchObject({ reason: 'labels-unknown' });
      expect(judge({ labels: harmless, policy: { exempt: rules } })).toMatchObject({ reason: 'labels-unknown' });
    });

    it('but not where all that is asked for is known', () => {
      const policy = { match: [aRule({ projects: ['shop'] })], exempt: [aRule({ names: ['x'] })] };
      expect(judge({ labels: harmless, policy })).toMatchObject({ action: 'remove', restorability: 'with-changes' });
    });
  });

  it('keeps what fits no rule, and removes what fits one of them', () => {
    const match = [aRule({ names: ['ci-*'] }), aRule({ drivers: ['macvlan'] })];
    expect(judge({ policy: { match } })).toMatchObject({
      reason: 'no-match',
      explanation: 'fits no rule of the policy',
    });
    expect(judge({ driver: 'macvlan', policy: { match } })).toMatchObject({ action: 'remove' });
  });

  it('keeps what is exempt, and says by which rule', () => {
    const exempt = [aRule({ labels: parseSelector('keep') }), aRule({ projects: ['infra-*'] })];
    expect(judge({ labels: { [PROJECT]: 'infra-dns' }, policy: { exempt } })).toMatchObject({
      reason: 'exempt',
      explanation: 'exempt by rule 2: project infra-*',
    });
    expect(judge({ policy: { exempt } })).toMatchObject({ action: 'remove' });
  });

  it('keeps what is younger than asked for, to the millisecond', () => {
    expect(judge({ createdAt: ago(DAY) })).toMatchObject({ action: 'remove' });
    expect(judge({ createdAt: ago(DAY - 1) })).toMatchObject({ reason: 'too-young' });
    expect(judge({ createdAt: ago(3 * 3_600_000) }).explanation).toBe('created 3h ago, less than 1d');
  });

  it.each([
    ['', 'its engine does not tell when it was created'],
    ['yesterday', 'its engine does not tell when it was created'],
    ['0001-01-01T00:00:00.000Z', 'its engine does not tell when it was created'],
    [ago(-90_000), 'created 1m 30s from now: the clocks of engine and controller differ'],
  ])('keeps a network created at %j, however young it may be', (createdAt, explanation) =>
    expect(judge({ createdAt, policy: { minAgeMs: 0 } })).toMatchObject({ reason: 'too-young', explanation }),
  );

  it('keeps what was used lately, to the millisecond', () => {
    expect(judge({ unusedSinceAt: NOW - 14 * DAY })).toMatchObject({ action: 'remove' });
    expect(judge({ unusedSinceAt: NOW - 14 * DAY + 1 })).toMatchObject({ reason: 'used-lately' });
    expect(judge({ unusedSinceAt: NOW - 2 * DAY }).explanation).toBe('no container was on it for 2d, less than 14d');
  });

  it.each([
    [null, 'it is not known since when no container is on it'],
    [NOW + 1000, 'unused only 1s from now: the controller’s clock was set back'],
  ])('keeps a network unused since %j, however short a time is asked for', (unusedSinceAt, explanation) =>
    expect(judge({ unusedSinceAt, policy: { unusedForMs: 0 } })).toMatchObject({ reason: 'used-lately', explanation }),
  );

  it('tells the first of several reasons, from what nobody may change to what passes by itself', () => {
    const left = aNetwork({ name: 'other', endpoints: [anEndpoint('web', { project: 'shop' })] });
    const policy = { match: [aRule({ names: ['ci-*'] })], exempt: [aRule({ names: ['*'] })] };
    const labels = { [PROTECT_LABEL]: '', [PROJECT]: 'shop' };
    const all = {
      name: 'none',
      driver: 'null',
      scope: 'swarm',
      labels,
      createdAt: ago(0),
      unusedSinceAt: NOW,
    } as const;
    const reasonOf = (overrides: Case) => judge({ ...all, others: [left], policy, ...overrides }).reason;
    const endpoints = [anEndpoint('one')];
    expect(reasonOf({ endpoints })).toBe('predefined');
    const name = 'my-net';
    expect(reasonOf({ name, endpoints })).toBe('in-use');
    expect(reasonOf({ name })).toBe('swarm-scope');
    expect(reasonOf({ name, scope: 'local' })).toBe('protected');
    expect(reasonOf({ name, scope: 'local', labels: { [PROJECT]: 'shop' } })).toBe('project-in-use');
    expect(reasonOf({ name, scope: 'local', labels: { [LABELS_LEFT_OUT]: '1' } })).toBe('labels-unknown');
    expect(reasonOf({ name, scope: 'local', labels: {} })).toBe('no-match');
    expect(reasonOf({ name: 'ci-1', scope: 'local', labels: {} })).toBe('exempt');
    const fitting = { name: 'ci-1', scope: 'local', labels: {}, policy: {} } as const;
    expect(reasonOf(fitting)).toBe('too-young');
    expect(reasonOf({ ...fitting, createdAt: ago(2 * DAY) })).toBe('used-lately');
  });
});
