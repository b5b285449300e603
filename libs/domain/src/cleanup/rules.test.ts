import { describe, expect, it } from '@jest/globals';
import { LABELS_LEFT_OUT } from '../label-filter.js';
import { type NetworkAttributes } from '../network.js';
import { parseSelector } from '../selector.js';
import { aNetwork } from '../testing.js';
import { type NetworkRule } from './policy.js';
import { wordRule } from './rule-words.js';
import { fitsRule, matchesEverything } from './rules.js';
import { aRule } from './testing.js';

const PROJECT = 'com.docker.compose.project';
const fits = (rule: Partial<NetworkRule>, network: Partial<NetworkAttributes> = {}) =>
  fitsRule(aRule(rule), aNetwork(network));
const subnets = (...cidrs: string[]) => cidrs.map((cidr) => ({ cidr, ipRange: null, gateway: null, auxAddresses: {} }));

describe('a rule', () => {
  it('that asks for nothing fits every network', () => expect(fits({})).toBe(true));

  it.each<[Partial<NetworkRule>, Partial<NetworkAttributes>, boolean]>([
    [{ drivers: ['macvlan', 'bridge'] }, { driver: 'bridge' }, true],
    [{ drivers: ['macvlan'] }, { driver: 'bridge' }, false],
    [{ drivers: ['bri*'] }, { driver: 'bridge' }, false],
    [{ names: ['ci-*', 'tmp-?'] }, { name: 'tmp-1' }, true],
    [{ names: ['ci-*', 'tmp-?'] }, { name: 'tmp-12' }, false],
    [{ scopes: ['swarm'] }, { scope: 'local' }, false],
    [{ scopes: ['swarm', 'local'] }, { scope: 'local' }, true],
    [{ labels: parseSelector('team=web,!keep') }, { labels: { team: 'web' } }, true],
    [{ labels: parseSelector('team=web,!keep') }, { labels: { team: 'web', keep: '' } }, false],
    [{ projects: ['infra-*'] }, { labels: { [PROJECT]: 'infra-dns' } }, true],
    [{ projects: ['infra-*'] }, { labels: { [PROJECT]: 'shop' } }, false],
    [{ projects: ['*'] }, {}, false],
    [{ projects: ['*'] }, { labels: { [PROJECT]: '' } }, false],
    [{ names: ['ci-*'], drivers: ['bridge'] }, { name: 'ci-1', driver: 'macvlan' }, false],
  ])('%j on %j: %j', (rule, network, expected) => expect(fits(rule, network)).toBe(expected));

  it.each<[number, number, string[], boolean]>([
    [24, 28, ['10.0.0.0/24'], true],
    [24, 28, ['10.0.0.0/28'], true],
    [24, 28, ['10.0.0.0/23'], false],
    [24, 28, ['10.0.0.0/29'], false],
    [24, 28, ['10.0.0.0/16', 'fd00::/26'], true],
    [0, 32, [], false],
    [0, 32, [''], false],
    [0, 32, ['10.0.0.0'], false],
    [0, 32, ['10.0.0.0/x'], false],
  ])('for prefix lengths from %d to %d on %j: %j', (min, max, cidrs, expected) =>
    expect(fits({ prefix: { min, max } }, { subnets: subnets(...cidrs) })).toBe(expected),
  );

  describe('on a network whose labels are not all known', () => {
    const cut = (labels: Record<string, string>) => ({ labels: { ...labels, [LABELS_LEFT_OUT]: '3' } });
    it.each<[Partial<NetworkRule>, Record<string, string>, boolean | 'unknown']>([
      [{}, {}, true],
      [{ names: ['my-*'] }, {}, true],
      [{ labels: parseSelector('keep') }, {}, 'unknown'],
      [{ labels: parseSelector('!keep') }, {}, 'unknown'],
      [{ labels: parseSelector('keep') }, { keep: '' }, true],
      [{ labels: parseSelector('keep,team=web') }, { keep: '' }, 'unknown'],
      [{ labels: parseSelector('keep,team=web') }, { team: 'db' }, false],
      [{ labels: parseSelector('keep'), names: ['other'] }, {}, false],
      [{ projects: ['shop'] }, {}, 'unknown'],
      [{ projects: ['shop'] }, { [PROJECT]: 'shop' }, true],
      [{ projects: ['shop'] }, { [PROJECT]: 'blog' }, false],
      [{ projects: ['shop'], labels: parseSelector('team=web') }, { team: 'db' }, false],
      [{ projects: ['shop'], labels: parseSelector('keep') }, { [PROJECT]: 'shop' }, 'unknown'],
    ])('%j with %j: %j', (rule, labels, expected) => expect(fits(rule, cut(labels))).toBe(expected));
  });

  it('is told in words, of many texts the first three', () => {
    const labels = parseSelector('team=web,!keep,env notin (a,b,c,d)');
    expect(wordRule(aRule({ drivers: ['bridge'], names: ['a', 'b', 'c', 'd', 'e'], labels }))).toBe(
      'driver bridge, name a or b or c or 2 more, label team in (web),!keep,env notin (a, b, c, …)',
    );
    expect(wordRule(aRule({ projects: ['infra-*'], scopes: ['local'], prefix: { min: 24, max: 28 } }))).toBe(
      'project infra-*, scope local, prefix length 24 to 28',
    );
    expect(wordRule(aRule())).toBe('every network');
  });
});

describe('a policy means every unused network', () => {
  const everything = (...rules: Partial<NetworkRule>[]) => matchesEverything({ match: rules.map(aRule) });

  it('without a rule', () => expect(everything()).toBe(true));

  it.each<Partial<NetworkRule>>([
    {},
    { names: ['ci-*', '**'] },
    { names: ['?*'] },
    { names: ['*?'] },
    { names: ['ci-*', '**?*'] },
    { labels: parseSelector('!keep') },
    { labels: parseSelector('team!=web,env notin (prod),!keep') },
    { scopes: ['local'] },
    { scopes: ['swarm', 'local'] },
    { prefix: { min: 0, max: 128 } },
    { prefix: { min: 0, max: 32 } },
    { prefix: { min: 1, max: 32 } },
    { names: ['*'], scopes: ['local'], prefix: { min: 0, max: 32 } },
  ])('with the rule %j, also beside one that narrows', (rule) => {
    expect(everything(rule)).toBe(true);
    expect(everything({ drivers: ['macvlan'] }, rule)).toBe(true);
  });

  it.each<Partial<NetworkRule>>([
    { drivers: ['bridge'] },
    { names: ['?'] },
    { names: ['?*?'] },
    { names: ['*-*'] },
    { names: ['*'], drivers: ['bridge'] },
    { labels: parseSelector('team=web,!keep') },
    { labels: parseSelector('team') },
    { projects: ['*'] },
    { scopes: ['swarm'] },
    { prefix: { min: 2, max: 32 } },
    { prefix: { min: 0, max: 31 } },
  ])('but not with the rule %j', (rule) => expect(everything(rule)).toBe(false));
});
