import { describe, expect, it } from '@jest/globals';
import { describePolicy, type HostPolicy, parseHostPolicy, type PolicyAct, refusal } from './host-policy.js';
import { OPERATION_KINDS, type OperationKind } from './operation.js';

const aPolicy = (data: object = {}): HostPolicy => parseHostPolicy({ mode: 'full', ...data });
const ruleOf = (data: object, act: PolicyAct): string | undefined => refusal(aPolicy(data), act)?.rule;
const aTarget = (name: string, driver = 'bridge', labels: Record<string, string> = {}) => ({ name, driver, labels });

const faultsOf = (data: unknown): string[] => {
  try {
    parseHostPolicy(data);
  } catch (error) {
    const { faults } = error as { faults: { path: string; message: string }[] };
    return faults.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
};

describe('the modes', () => {
  const MAY: Record<string, Record<OperationKind, boolean>> = {
    'read-only': {
      create: false,
      connect: false,
      disconnect: false,
      remove: false,
      prune: false,
      restore: false,
      probe: false,
    },
    manage: { create: true, connect: true, disconnect: true, remove: true, prune: true, restore: true, probe: true },
    full: { create: true, connect: true, disconnect: true, remove: true, prune: true, restore: true, probe: true },
  };
  const cases = Object.entries(MAY).flatMap(([mode, may]) =>
    OPERATION_KINDS.map((verb) => ({ mode, verb, may: may[verb] })),
  );

  it.each(cases)('$mode: $verb is allowed: $may', ({ mode, verb, may }) => {
    expect(ruleOf({ mode }, { verb, network: aTarget('my-net'), removals: 0 }) === undefined).toBe(may);
    // Only the mode decides here, so it is known before the network is read.
    expect(ruleOf({ mode }, { verb }) === undefined).toBe(may);
  });

  it.each([
    ['read-only', 'mode: read-only'],
    ['manage', 'mode: manage'],
    ['full', undefined],
  ])('%s refuses force by %s', (mode, rule) => {
    expect(ruleOf({ mode }, { verb: 'remove', force: true })).toBe(rule);
    expect(ruleOf({ mode }, { verb: 'disconnect', force: true })).toBe(rule);
  });

  it('allow probes as the file says', () => {
    expect(ruleOf({ mode: 'read-only', probe: true }, { verb: 'probe' })).toBeUndefined();
    expect(ruleOf({ mode: 'manage', probe: false }, { verb: 'probe' })).toBe('probe: false');
  });
});

describe('the rules', () => {
  it('narrow the mode to some verbs', () => {
    const data = { verbs: ['create', 'prune'] };
    expect(ruleOf(data, { verb: 'prune' })).toBeUndefined();
    expect(ruleOf(data, { verb: 'remove' })).toBe('verbs: [create, prune]');
    expect(ruleOf({ mode: 'read-only', verbs: ['create'] }, { verb: 'create' })).toBe('mode: read-only');
    expect(ruleOf({ verbs: [] }, { verb: 'create' })).toBe('verbs: []');
  });

  it('bind what is created and every change to some drivers', () => {
    const data = { drivers: ['bridge'] };
    for (const verb of ['create', 'connect', 'disconnect', 'remove', 'prune', 'restore'] as const) {
      expect(ruleOf(data, { verb, network: aTarget('n', 'bridge') })).toBeUndefined();
      expect(ruleOf(data, { verb, network: aTarget('n', '') })).toBeUndefined();
      expect(ruleOf(data, { verb, network: aTarget('n', 'macvlan') })).toBe('drivers: [bridge]');
    }
  });

  it('protect networks by name', () => {
    const data = { protect: { names: ['prod-*', 'db?', 'a.b'] } };
    for (const verb of ['connect', 'disconnect', 'remove', 'prune'] as const) {
      expect(ruleOf(data, { verb, network: aTarget('prod-web') })).toBe('protect.names: prod-*');
      expect(ruleOf(data, { verb, network: aTarget('db1') })).toBe('protect.names: db?');
      for (const name of ['my-prod-web', 'db', 'db12', 'axb'])
        expect(ruleOf(data, { verb, network: aTarget(name) })).toBeUndefined();
    }
    for (const verb of ['create', 'restore'] as const)
      expect(ruleOf(data, { verb, network: aTarget('prod-web') })).toBeUndefined();
  });

  it('protect networks by label', () => {
    const data = { protect: { labels: ['keep', 'env=prod'] } };
    const withLabels = (labels: Record<string, string>) =>
      ruleOf(data, { verb: 'remove', network: aTarget('n', '', labels) });
    expect(withLabels({ keep: '' })).toBe('protect.labels: keep');
    expect(withLabels({ env: 'prod' })).toBe('protect.labels: env=prod');
    expect(withLabels({ env: 'test' })).toBeUndefined();
    expect(ruleOf({ protect: { labels: ['toString'] } }, { verb: 'remove', network: aTarget('n') })).toBeUndefined();
  });

  it('bound the removals of an hour, 50 where the file does not say', () => {
    expect(ruleOf({}, { verb: 'remove', removals: 49 })).toBeUndefined();
    expect(ruleOf({}, { verb: 'prune', removals: 50 })).toBe('maxRemovalsPerHour: 50');
    expect(ruleOf({ maxRemovalsPerHour: 0 }, { verb: 'remove', removals: 0 })).toBe('maxRemovalsPerHour: 0');
    expect(ruleOf({}, { verb: 'create', removals: 50 })).toBeUndefined();
  });
});

describe('a policy file', () => {
  it('needs a mode and nothing else', () => {
    expect(parseHostPolicy({ mode: 'manage' })).toEqual({
      mode: 'manage',
      verbs: undefined,
      drivers: undefined,
      protect: { names: [], labels: [] },
      probe: true,
      maxRemovalsPerHour: 50,
    });
  });

  it('is refused with all its faults at once', () => {
    const data = {
      mod: 'full',
      verbs: ['creat'],
      drivers: 'bridge',
      protect: { name: ['x'], labels: [1] },
      probe: 'yes',
      maxRemovalsPerHour: -1,
    };
    expect(faultsOf(data)).toEqual([
      'mod: there is no such setting; did you mean mode?',
      'mode: is missing; it is one of read-only, manage, full',
      'protect.name: there is no such setting; did you mean protect.names?',
      "verbs: there is no 'creat'; did you mean create?",
      'drivers: "bridge" is not a list of texts, such as [a, b]',
      'protect.labels: [1] is not a list of texts, such as [a, b]',
      'probe: "yes" is neither true nor false',
      'maxRemovalsPerHour: -1 is not a whole number from 0 to 1000000',
    ]);
  });

  it.each([null, [], 'full', 1])('is refused when it is %j', (data) => {
    expect(faultsOf(data)).toEqual([': is not a table of mode, verbs, drivers, protect, probe, maxRemovalsPerHour']);
  });

  it('is told to people in sentences', () => {
    const rules = describePolicy(aPolicy({ drivers: ['bridge'], verbs: ['prune'], protect: { names: ['prod-*'] } }));
    expect(rules).toEqual([
      'Networks may be created, changed and removed, also by force.',
      'Of that only: prune.',
      'Only networks of these drivers: bridge.',
      'Networks named like these are protected: prod-*.',
      'Probes are allowed.',
      'At most 50 networks are removed in an hour.',
    ]);
  });
});
