import { describe, expect, it } from '@jest/globals';
import { safeReturnTo } from './return-to.js';

describe('where a sign-in goes on to', () => {
  it.each(['/', '/hosts', '/hosts/web-1?x=1&y=2#z', '/a//b', '/%2f%2fevil.example', '/@evil.example', '/a;b', '/a:b'])(
    'is a path of this site: %s',
    (path) => {
      const to = safeReturnTo(path);
      expect(to).toBe(path);
      expect(new URL(to, 'https://here.example').origin).toBe('https://here.example');
    },
  );

  it.each([
    '',
    'hosts',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r//evil.example',
    '\t//evil.example',
    ' //evil.example',
    'https://evil.example',
    'https:evil.example',
    'HTTPS:/\\evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example@here.example',
    'http://here.example@evil.example/',
    '/..//evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e%2e//evil.example',
    '/a\\..\\..\\evil',
    '/\u0000/evil.example',
    '/ünicode',
    '//\u3002evil.example',
    '/\u2028/evil.example',
    '//%65vil.example',
  ])('is nowhere else: %j', (path) => {
    expect(safeReturnTo(path)).toBe('/');
  });
});
