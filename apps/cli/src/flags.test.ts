import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { parseDuration } from '@fairlead/domain';
import { collect, integer, normalizeSwitches, parsed, toBoolean, toFilters, toRecord } from './flags.js';

describe('repeated flags', () => {
  it('are kept in the order they were given', () => {
    expect(collect('b', collect('a'))).toEqual(['a', 'b']);
  });
});

describe('KEY=VALUE flags', () => {
  it('cut at the first =', () => {
    expect(toRecord('--opt', ['a=1', 'b=x=y', 'c='])).toEqual({ a: '1', b: 'x=y', c: '' });
    expect(toRecord('--opt', undefined)).toEqual({});
  });

  it('take a key alone only where docker does', () => {
    expect(toRecord('--label', ['plain'], 'bare')).toEqual({ plain: '' });
    expect(() => toRecord('--opt', ['plain'])).toThrow("--opt: 'plain' is not KEY=VALUE");
  });

  it.each(['=value', ''])('refuse %j, naming the flag', (text) => {
    expect(() => toRecord('--label', [text], 'bare')).toThrow('--label');
  });
});

describe('--filter', () => {
  it('is a known key and a value, which may hold =', () => {
    expect(toFilters(['label=a=b', 'label!=c'], ['label', 'label!'])).toEqual([
      { key: 'label', value: 'a=b' },
      { key: 'label!', value: 'c' },
    ]);
  });

  it.each(['label', 'colour=red', '=x', ''])('refuses %j with the list of keys', (text) => {
    expect(() => toFilters([text], ['label'])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('label') }),
    );
  });
});

describe('values', () => {
  it.each([
    ['true', true],
    ['1', true],
    ['FALSE', false],
    ['0', false],
  ])('reads %s as %s', (text, value) => {
    expect(toBoolean('dangling', text)).toBe(value);
  });

  it.each(['1.5', 'x', '', '99999999999', '1e3'])('takes %j for no whole number', (text) => {
    expect(() => integer(text)).toThrow(InvalidArgumentError);
  });

  it('passes on what the domain says of a wrong value', () => {
    expect(() => parsed(parseDuration)('soon')).toThrow("'soon' is not a duration. Write a number and a unit");
    expect(parsed(parseDuration)('1m30s')).toBe(90_000);
  });
});

describe('switches', () => {
  it('may have a value, as docker takes them', () => {
    expect(normalizeSwitches(['--internal=true', '--attachable=false', '--force=0'])).toEqual(['--internal']);
    expect(normalizeSwitches(['--ipv6=false', '--ipv4=1'])).toEqual(['--no-ipv6', '--ipv4']);
  });

  it('leaves everything else as it is', () => {
    const line = ['--label=true', '--name=false', '-f', 'internal=true', '--internal', '--internal=maybe'];
    expect(normalizeSwitches(line)).toEqual(line);
  });
});
