import { describe, expect, it } from '@jest/globals';
import { LABELS_LEFT_OUT } from '../label-filter.js';
import { isPredefined, type Network } from '../network.js';
import { PROTECT_LABEL } from '../protect.js';
import { planPrune } from '../prune-plan.js';
import { parseSelector } from '../selector.js';
import { aNetwork, anEndpoint } from '../testing.js';
import { oraclePlan, type SeenNetwork } from './oracle.js';
import { CLEANUP_REASONS } from './plan.js';
import { type CleanupPolicy, type NetworkRule } from './policy.js';
import { fitsRule } from './rules.js';
import { aPolicy, aRule } from './testing.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-24T00:00:00Z');
const PROJECT = 'com.docker.compose.project';

/** Numbers from 0 (included) to 1 (excluded) that repeat themselves (Lehmer's generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const random = numbers(20_261_130);
const oneOf = <T>(...items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
const rarely = (): boolean => random() < 0.1;
const upTo = <T>(most: number, make: (index: number) => T): T[] =>
  Array.from({ length: Math.floor(random() * (most + 1)) }, (_, index) => make(index));

const anyLabels = (): Record<string, string> => ({
  ...(random() < 0.3 && { keep: oneOf('', 'yes') }),
  ...(random() < 0.3 && { [PROJECT]: oneOf('shop', 'infra-dns', '') }),
  ...(random() < 0.2 && { [PROTECT_LABEL]: oneOf('', 'true', 'false', 'false') }),
  ...(rarely() && { [LABELS_LEFT_OUT]: '2' }),
});

const anyEndpoint = () =>
  anEndpoint(oneOf('web', 'db'), {
    state: oneOf('running', 'exited', 'created', 'unknown'),
    project: oneOf('', '', 'shop', 'infra-dns'),
  });

const anySeen = (index: number): SeenNetwork => ({
  network: aNetwork({
    id: String(index).padStart(64, '0'),
    name: rarely()
      ? oneOf('bridge', 'none', 'ingress', 'docker_gwbridge')
      : `${oneOf('ci', 'tmp', 'net')}-${index % 7}`,
    driver: oneOf('bridge', 'bridge', 'macvlan', 'null', 'weave'),
    scope: rarely() ? oneOf('swarm', 'global') : 'local',
    ingress: rarely() && rarely(),
    configOnly: rarely(),
    configFrom: rarely() ? `net-${index % 7}` : '',
    createdAt: rarely()
      ? oneOf('', 'soon', '0001-01-01T00:00:00.000Z')
      : new Date(NOW - oneOf(-1, 0, 1, 23, 24, 25, 900) * HOUR).toISOString(),
    labels: anyLabels(),
    endpoints: random() < 0.7 ? [] : upTo(3, anyEndpoint),
  }),
  unusedSinceAt: rarely() ? null : NOW - oneOf(-1, 0, 23, 24, 25, 900) * HOUR,
});

const anyRule = (): NetworkRule =>
  aRule({
    drivers: oneOf([], [], ['bridge'], ['macvlan', 'weave']),
    names: oneOf([], [], ['ci-*'], ['tmp-?', 'net-1']),
    labels: parseSelector(oneOf('', '', 'keep', '!keep', 'keep!=yes')),
    projects: oneOf([], [], ['infra-*']),
    prefix: oneOf(null, null, { min: 17, max: 32 }, { min: 0, max: 16 }),
  });

const anyPolicy = (): CleanupPolicy =>
  aPolicy({
    match: upTo(2, anyRule),
    exempt: random() < 0.5 ? [] : [anyRule()],
    unusedForMs: oneOf(0, 24, 336) * HOUR,
    minAgeMs: oneOf(0, 24) * HOUR,
  });

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const anyCase = () => frozen({ policy: anyPolicy(), seen: upTo(12, anySeen), inSwarm: random() < 0.3 });
const cases = Array.from({ length: 4000 }, anyCase);
const planOf = ({ policy, seen, inSwarm }: (typeof cases)[number]) => oraclePlan(policy, seen, inSwarm, NOW);

/** Written anew from the records alone, in no order: all that speaks for keeping a network. */
function claimsOn({ network, unusedSinceAt }: SeenNetwork, { policy, seen, inSwarm }: (typeof cases)[number]) {
  const { labels, name, createdAt } = network;
  const all = seen.map((other) => other.network);
  const isCut = LABELS_LEFT_OUT in labels;
  const age = NOW - Date.parse(createdAt);
  const projects = all.flatMap(({ endpoints }) => endpoints.map(({ project }) => project)).filter(Boolean);
  return {
    attached: network.endpoints.length > 0,
    predefined: isPredefined(network),
    referenced: network.configOnly && all.some(({ configFrom }) => configFrom === name),
    shared: network.scope !== 'local' || (inSwarm && network.configOnly),
    protected: PROTECT_LABEL in labels ? labels[PROTECT_LABEL] !== 'false' : isCut,
    project: PROJECT in labels ? projects.includes(labels[PROJECT]) : isCut,
    unmatched: policy.match.length > 0 && !policy.match.some((rule) => fitsRule(rule, network) === true),
    exempt: policy.exempt.some((rule) => fitsRule(rule, network) !== false),
    young: !(age >= policy.minAgeMs && age >= 0 && age < NOW),
    used: unusedSinceAt === null || unusedSinceAt > NOW - policy.unusedForMs || unusedSinceAt > NOW,
  };
}

const orderOf = ({ name, id }: Network): string => `${name}\0${id}`;

describe('what a policy would do to any host', () => {
  it('is to remove what nothing speaks for keeping, and nothing else', () => {
    const verdicts = cases.flatMap((each) =>
      planOf(each).map(({ network, action, reason }) => {
        const { policy, seen } = each;
        const claims = claimsOn(
          seen.find((other) => other.network === network)!,
          each,
        );
        return { network, policy, claims, action, reason, isClaimed: Object.values(claims).some(Boolean) };
      }),
    );
    expect(verdicts.filter(({ action, isClaimed }) => (action === 'keep') !== isClaimed)).toEqual([]);
    expect(verdicts.filter(({ action, reason }) => (action === 'remove') !== (reason === 'unused'))).toEqual([]);
    expect(verdicts.filter(({ isClaimed }) => !isClaimed).length).toBeGreaterThan(1000);
  });

  it('comes to every reason there is', () => {
    const reasons = cases.flatMap((each) => planOf(each).map(({ reason }) => reason));
    expect([...new Set(reasons)].sort()).toEqual([...CLEANUP_REASONS].sort());
  });

  it('names every network once, in order, whatever the order in which they are given', () => {
    for (const each of cases) {
      const { seen } = each;
      const plan = planOf(each);
      expect(plan.map(({ network }) => orderOf(network))).toEqual(seen.map(({ network }) => orderOf(network)).sort());
      const shuffled = [...seen].sort(() => random() - 0.5);
      expect(JSON.stringify(planOf({ ...each, seen: shuffled }))).toBe(JSON.stringify(plan));
    }
  });

  it('spares all that a prune by hand spares, for the same reason', () => {
    for (const each of cases) {
      const networks = each.seen.map(({ network }) => network);
      const pruned = planPrune(networks, { createdBefore: undefined, labels: [] }, each.inSwarm, NOW);
      const spared = new Map(pruned.map(({ network, reason }) => [network, reason]));
      const planned = planOf(each).filter(({ network }) => spared.get(network) !== 'unused');
      expect(planned.map(({ reason }) => reason)).toEqual(planned.map(({ network }) => spared.get(network)));
      expect(planned.filter(({ action }) => action === 'remove')).toEqual([]);
    }
  });
});
