import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { formatLinkAddress, parseLinkAddress, parseListenAddress } from './address.js';

describe('an address of the link', () => {
  it.each([
    ['unix:/run/fairlead.sock', 'unix:/run/fairlead.sock'],
    ['unix:///run/fairlead.sock', 'unix:/run/fairlead.sock'],
    ['unix:data/link.sock', `unix:${resolve('data/link.sock')}`],
    ['127.0.0.1:7801', '127.0.0.1:7801'],
    ['0.0.0.0:0', '0.0.0.0:0'],
    ['localhost:7801', 'localhost:7801'],
    ['fleet-1.example:7801', 'fleet-1.example:7801'],
    ['[::1]:7801', '[::1]:7801'],
    ['[2001:db8::7]:7801', '[2001:db8::7]:7801'],
  ])('takes %s for %s', (text, meant) => {
    expect(formatLinkAddress(parseLinkAddress(text))).toBe(meant);
  });

  it.each([
    '127.1:7801',
    '2130706433:7801',
    '0x7f000001:7801',
    '1.2.3.4.5:7801',
    '[localhost]:7801',
    'a..b:7801',
    '-x:7801',
  ])('refuses %s, which is neither an address nor a name', (text) => {
    expect(() => parseLinkAddress(text)).toThrow('is neither an IP address nor a name');
  });

  it('is an IP address where something shall listen', () => {
    expect(parseListenAddress('[::]:7801')).toEqual({ kind: 'tcp', host: '::', port: 7801 });
    expect(() => parseListenAddress('localhost:7801')).toThrow("Cannot listen on the name 'localhost'");
  });

  it.each(['', 'unix:', '7801', '127.0.0.1', '127.0.0.1:65536', '127.0.0.1:http', '::1:7801', 'http://127.0.0.1:7801'])(
    "refuses '%s', which is no address",
    (text) => {
      expect(() => parseLinkAddress(text)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
    },
  );

  it('refuses a path that the kernel would cut', () => {
    expect(() => parseLinkAddress(`unix:/${'x'.repeat(107)}`)).toThrow('longer than 107 bytes');
    expect(parseLinkAddress(`unix:/${'x'.repeat(106)}`).kind).toBe('unix');
  });
});
