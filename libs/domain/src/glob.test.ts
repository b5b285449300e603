import { describe, expect, it } from '@jest/globals';
import { fitsGlob } from './glob.js';

describe('a pattern', () => {
  it.each([
    ['shop', 'shop', true],
    ['shop', 'shops', false],
    ['shop*', 'shop_default', true],
    ['*shop', 'my-shop', true],
    ['*o*', 'shop', true],
    ['*o*o*', 'shop', false],
    ['sh?p', 'shop', true],
    ['sh?p', 'shp', false],
    ['?', '', false],
    ['*', '', true],
    ['**', 'x', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['a*', 'a\nb', true],
  ])('%j on %j: %j', (pattern, text, fits) => {
    expect(fitsGlob(pattern, text)).toBe(fits);
  });

  it('of many wildcards is done with soon', () => {
    expect(fitsGlob('*a'.repeat(200) + 'b', 'a'.repeat(5000))).toBe(false);
  });
});
