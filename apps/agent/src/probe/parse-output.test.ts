import { describe, expect, it } from '@jest/globals';
import { parseGetent, parseNslookup, parsePing, parsePingHeader } from './parse-output.js';

const IPUTILS = `PING 172.18.0.3 (172.18.0.3) 56(84) bytes of data.
64 bytes from 172.18.0.3: icmp_seq=1 ttl=64 time=0.081 ms
64 bytes from 172.18.0.3: icmp_seq=2 ttl=64 time=0.112 ms (DUP!)
64 bytes from 172.18.0.3: icmp_seq=2 ttl=64 time=0.093 ms
64 bytes from 172.18.0.3: icmp_seq=3 ttl=64 time=12.4 ms

--- 172.18.0.3 ping statistics ---
3 packets transmitted, 3 received, +1 duplicates, 0% packet loss, time 2042ms
rtt min/avg/max/mdev = 0.081/4.191/12.4/5.7 ms
`;
const BUSYBOX = `PING two (172.18.0.3): 56 data bytes
64 bytes from 172.18.0.3: seq=0 ttl=64 time=0.093 ms
64 bytes from 172.18.0.3: seq=1 ttl=64 time=0.105 ms

--- two ping statistics ---
2 packets transmitted, 2 packets received, 0% packet loss
round-trip min/avg/max = 0.093/0.099/0.105 ms
`;
const UNREACHABLE = `PING 10.9.9.9 (10.9.9.9) 56(84) bytes of data.
From 10.9.9.1 icmp_seq=1 Destination Host Unreachable

--- 10.9.9.9 ping statistics ---
2 packets transmitted, 0 received, +1 errors, 100% packet loss, time 1024ms
`;
const SILENT = `PING 10.9.9.9 (10.9.9.9): 56 data bytes

--- 10.9.9.9 ping statistics ---
3 packets transmitted, 0 packets received, 100% packet loss
`;

describe('ping', () => {
  it.each([
    ['iputils, without duplicates', IPUTILS, { sent: 3, received: 3, roundTripMs: [0.081, 0.093, 12.4], error: '' }],
    ['busybox', BUSYBOX, { sent: 2, received: 2, roundTripMs: [0.093, 0.105], error: '' }],
    [
      'an unreachable host',
      UNREACHABLE,
      { sent: 2, received: 0, roundTripMs: [], error: 'Destination Host Unreachable' },
    ],
    ['silence', SILENT, { sent: 3, received: 0, roundTripMs: [], error: 'no echo came back' }],
    [
      'replies faster than its clock',
      '64 bytes: time<1 ms\n1 packets transmitted, 1 received',
      { sent: 1, received: 1, roundTripMs: [1], error: '' },
    ],
  ])('is read: %s', (_, stdout, expected) => {
    expect(parsePing(stdout, '')).toEqual(expected);
  });

  it("says the tool's own words where nothing was sent", () => {
    const report = parsePing('', 'ping: sendto: Network is unreachable\n');
    expect(report).toEqual({ sent: 0, received: 0, roundTripMs: [], error: 'ping: sendto: Network is unreachable' });
  });

  it.each([
    'ping: permission denied (are you root?)',
    'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted',
  ])('is no tool without its rights: %s', (stderr) => {
    expect(parsePing('', stderr)).toBeUndefined();
  });

  it.each([
    ['PING two (172.18.0.3) 56(84) bytes of data.', '172.18.0.3'],
    ['PING two(two.my-net (fd00::3)) 56 data bytes', 'fd00::3'],
    ['PING fd00::3 (fd00::3): 56 data bytes', 'fd00::3'],
    ["ping: bad address 'two'", undefined],
    ['PING two (dead.beef)', undefined],
  ])('names the address in its first line: %s', (line, address) => {
    expect(parsePingHeader(`${line}\n`)).toBe(address);
  });
});

describe('name lookups', () => {
  it('reads getent', () => {
    expect(parseGetent('172.18.0.3      two\n172.18.0.4      two\n172.18.0.3      two\n')).toEqual([
      '172.18.0.3',
      '172.18.0.4',
    ]);
    expect(parseGetent('')).toEqual([]);
  });

  it.each([
    [
      'bind',
      'Server:\t\t127.0.0.11\nAddress:\t127.0.0.11#53\n\nNon-authoritative answer:\nName:\ttwo\nAddress: 172.18.0.3\n',
      ['172.18.0.3'],
    ],
    [
      'busybox',
      'Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\nName:\ttwo\nAddress: 172.18.0.3\n\nName:\ttwo\nAddress: fd00::3\n',
      ['172.18.0.3', 'fd00::3'],
    ],
    [
      'old busybox',
      'Server:    127.0.0.11\nAddress 1: 127.0.0.11\n\nName:      two\nAddress 1: 172.18.0.3 two.my-net\n',
      ['172.18.0.3'],
    ],
    [
      'a name that is not known',
      "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\n** server can't find two: NXDOMAIN\n",
      [],
    ],
  ])("reads nslookup of %s, without its server's address", (_, text, addresses) => {
    expect(parseNslookup(text)).toEqual(addresses);
  });
});
