import { describe, expect, it } from '@jest/globals';
import { matchesLabels, parseLabelFilter } from './label-filter.js';
import { matchesSelector, parseSelector } from './selector.js';

const selects = (selector: string, labels: Record<string, string>): boolean =>
  matchesSelector(parseSelector(selector), labels);

describe('label selector', () => {
  it.each([
    ['', {}, true],
    ['env=prod', { env: 'prod' }, true],
    ['env==prod', { env: 'prod' }, true],
    ['env=prod', { env: 'test' }, false],
    ['env=prod', {}, false],
    ['env!=prod', { env: 'test' }, true],
    ['env!=prod', {}, true],
    ['env!=prod', { env: 'prod' }, false],
    ['env=', { env: '' }, true],
    ['gpu', { gpu: '' }, true],
    ['!gpu', { gpu: '' }, false],
    ['!gpu', {}, true],
    ['zone in (a, b),env=prod', { zone: 'b', env: 'prod' }, true],
    ['zone in (a, b)', { zone: 'c' }, false],
    ['zone notin (a,b)', {}, true],
    ['zone notin (a,b)', { zone: 'a' }, false],
    ['toString', {}, false],
    ['__proto__=x', {}, false],
  ])('%p on %j is %p', (selector, labels, expected) => {
    if (selector.startsWith('__')) expect(() => parseSelector(selector)).toThrow(/not a term/);
    else expect(selects(selector, labels as Record<string, string>)).toBe(expected);
  });

  it.each(['env=prod,', '=x', 'a b', 'zone in a,b', 'env>3', 'a=b=c', ','])('refuses %p, naming the term', (text) =>
    expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: 'invalid_argument' })),
  );
});

describe('label filter', () => {
  const labels = { keep: 'yes', team: 'a=b' };
  it('matches a key alone and a key with its value, whose value may hold "="', () => {
    expect(matchesLabels([parseLabelFilter('keep'), parseLabelFilter('team=a=b')], labels)).toBe(true);
    expect(matchesLabels([parseLabelFilter('keep=no')], labels)).toBe(false);
  });

  it('asks that all negated filters hold, unlike the engine, which takes two of them as alternatives', () => {
    const filters = [parseLabelFilter('keep', true), parseLabelFilter('other', true)];
    expect(matchesLabels(filters, labels)).toBe(false);
    expect(matchesLabels(filters, {})).toBe(true);
  });
});
