import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { formatLinkAddress, parseLinkAddress } from './address.js';

describe('an address of the link', () => {
  it.each([
    ['unix:/run/fairlead.sock', 'unix:/run/fairlead.sock'],
    ['unix:///run/fairlead.sock', 'unix:/run/fairlead.sock'],
    ['unix:data/link.sock', `unix:${resolve('data/link.sock')}`],
    ['127.0.0.1:7801', '127.0.0.1:7801'],
    ['127.8.9.10:0', '127.8.9.10:0'],
    ['localhost:7801', '127.0.0.1:7801'],
    ['[::1]:7801', '[::1]:7801'],
  ])('takes %s for %s', (text, meant) => {
    expect(formatLinkAddress(parseLinkAddress(text))).toBe(meant);
  });

  it.each([
    '0.0.0.0:7801',
    '10.1.2.3:7801',
    '[::]:7801',
    '[::ffff:10.1.2.3]:7801',
    'controller.example:7801',
    'localhost.example:7801',
    '127.evil.example:7801',
    '127.1:7801',
  ])('refuses %s, which may lie beyond this machine, with the reason', (text) => {
    expect(() => parseLinkAddress(text)).toThrow('over a Unix socket or loopback TCP only');
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
