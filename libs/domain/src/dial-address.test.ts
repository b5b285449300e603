import { describe, expect, it } from '@jest/globals';
import { checkDialable, formatDialAddress, parseDialAddress } from './dial-address.js';
import { parseCidr } from './ipam.js';

const EVERYTHING = ['0.0.0.0/0', '::/0'].map(parseCidr);
const OURS = ['10.20.0.0/24', 'fd00:1::/64'].map(parseCidr);

describe('the address of an agent that listens', () => {
  it.each([
    ['10.20.0.7:7802', { host: '10.20.0.7', port: 7802, literal: true }],
    ['[fd00:1::7]:7802', { host: 'fd00:1::7', port: 7802, literal: true }],
    ['[FD00:1:0:0::7]:1', { host: 'fd00:1::7', port: 1, literal: true }],
    ['[::ffff:10.20.0.7]:7802', { host: '10.20.0.7', port: 7802, literal: true }],
    ['Web-3.internal:7802', { host: 'web-3.internal', port: 7802, literal: false }],
    ['localhost:65535', { host: 'localhost', port: 65535, literal: false }],
    ['3com.example:7802', { host: '3com.example', port: 7802, literal: false }],
  ])('is read: %s', (text, address) => {
    expect(parseDialAddress(text)).toEqual(address);
    expect(parseDialAddress(formatDialAddress(address))).toEqual(address);
  });

  it.each([
    '10.20.0.7',
    '10.20.0.7:0',
    '10.20.0.7:65536',
    ':7802',
    'fd00:1::7:7802',
    '[10.20.0.7]:7802',
    '[fe80::1%eth0]:7802',
    'http://10.20.0.7:7802',
    'user@10.20.0.7:7802',
    '10.20.0.7/24:7802',
    'a b:7802',
    'name.:7802',
    '-name:7802',
    `${'a'.repeat(64)}:7802`,
    '..:7802',
    '',
  ])('is refused where it is none: %j', (text) => {
    expect(() => parseDialAddress(text)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });

  it.each([
    '0177.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '127.1',
    '10.20.7',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '010.20.0.7',
  ])('is refused in a notation that only resolvers take for an address: %s', (host) => {
    expect(() => parseDialAddress(`${host}:80`)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });
});

describe('what is dialled', () => {
  it('is what lies inside the ranges, in the form in which it is checked', () => {
    expect(checkDialable(['10.20.0.7', '::ffff:10.20.0.8', 'FD00:1:0::7'], OURS)).toEqual([
      '10.20.0.7',
      '10.20.0.8',
      'fd00:1::7',
    ]);
  });

  it.each(['10.20.1.7', '127.0.0.1', '::1', 'fd00:2::7', '::ffff:10.20.1.7', '8.8.8.8'])(
    'is nothing outside them: %s',
    (address) => {
      expect(() => checkDialable([address], OURS)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    },
  );

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'febf::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::169.254.169.254',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '::ffff:100.100.100.200',
    '::ffff:0.0.0.0',
    '::ffff:255.255.255.255',
    '::ffff:224.0.0.1',
    'fe80::1%eth0',
    '0xa9fea9fe',
    '2852039166',
    '0251.0376.0251.0376',
    'localhost',
    '',
  ])('is never this, whatever the ranges: %j', (address) => {
    expect(() => checkDialable([address], EVERYTHING)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('is everything else where everything is allowed', () => {
    const fine = [
      '10.0.0.1',
      '127.0.0.1',
      '100.100.100.201',
      '::1',
      '2001:db8::1',
      '2002:a00:1::1',
      '64:ff9b::10.0.0.1',
    ];
    expect(checkDialable(fine, EVERYTHING)).toHaveLength(fine.length);
  });

  it('is nothing where one of the addresses of a name is not allowed, wherever it stands', () => {
    for (const addresses of [
      ['10.20.0.7', '169.254.169.254'],
      ['169.254.169.254', '10.20.0.7'],
      ['10.20.0.7', '127.0.0.1'],
    ]) {
      expect(() => checkDialable(addresses, OURS)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    }
    expect(() => checkDialable([], OURS)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('is nothing at all without ranges, which is said with what to do', () => {
    expect(() => checkDialable(['10.20.0.7'], [])).toThrow(
      expect.objectContaining({ code: 'unsupported', hint: expect.stringContaining('--dial-range') }),
    );
  });
});
