import { describe, expect, it } from '@jest/globals';
import { codec } from './codec.js';
import { countParts, MAX_PARTS } from './message-parts.js';
import { agentLink, agentMethods, type AnyMethod } from './protocol.js';
import { sessionCodec } from './session-codec.js';
import { MessageFuzzer } from './testing/fuzz.js';
import { seeded } from './testing/raw-peers.js';
import { aNetwork } from './testing/samples.js';
import { toNetworkMessage } from './network-message.js';

const up = (agentLink['Attach'] as AnyMethod).requestType;

const varint = (value: number): Buffer =>
  value < 0x80 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 0x7f) | 0x80]), varint(value >>> 7)]);
const field = (number: number, content: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
const many = (content: Buffer, times: number): Buffer => Buffer.alloc(content.length * times, content);

const EMPTY = Buffer.alloc(0);
const network = (content: Buffer): Buffer => field(1, content);
/** AgentMessage.inventory.snapshot_chunk with these bytes in it. */
const chunk = (content: Buffer): Buffer => field(2, field(3, content));

const MAPS = new Set(['labels', 'options', 'ipamOptions', 'auxAddresses']);

/** Messages and entries of maps below this one, as the reader has made them. */
function partsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 0;
  return Object.entries(value).reduce((sum, [key, item]: [string, unknown]) => {
    if (typeof item !== 'object' || item === null || Buffer.isBuffer(item)) return sum;
    if (Array.isArray(item)) return sum + item.reduce((all: number, one: unknown) => all + below(one), 0);
    return sum + (MAPS.has(key) ? Object.keys(item).length : below(item));
  }, 0);
}

const below = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + partsOf(value) : 0);

describe('the parts of a message', () => {
  it('are its messages and the entries of its maps', () => {
    const bytes = sessionCodec.encodeUp({
      inventory: {
        snapshotChunk: {
          networks: [
            { name: 'a', labels: { x: '1', y: '2' }, subnets: [{ cidr: '10.0.0.0/8' }] },
            { name: 'b', endpoints: [{}, {}] },
          ],
        },
      },
    });
    // The update, its chunk, two networks, two labels, a subnet, two endpoints.
    expect(countParts(up, bytes)).toBe(9);
    expect(sessionCodec.partsOfUp(bytes)).toBe(9);
  });

  it.each([
    ['networks', chunk(many(network(EMPTY), 2_000_000))],
    ['endpoints', chunk(network(many(field(18, EMPTY), 1_000_000)))],
    ['subnets', chunk(network(many(field(15, EMPTY), 1_000_000)))],
    ['labels', chunk(network(many(field(17, EMPTY), 1_000_000)))],
    ['networks of a delta', field(2, field(5, many(field(3, EMPTY), 2_000_000)))],
    [
      'networks after a field that nobody knows',
      chunk(Buffer.concat([field(99, EMPTY), many(network(EMPTY), 30_000)])),
    ],
    ['networks whose lengths are written long', chunk(many(Buffer.from([0x0a, 0x80, 0x80, 0x00]), 30_000))],
    ['networks whose tags are written long', chunk(many(Buffer.from([0x8a, 0x80, 0x00, 0x00]), 30_000))],
  ])('are refused beyond their number before they are read: %s', (_what, bytes) => {
    expect(() => sessionCodec.decodeUp(bytes)).toThrow('more than 20000 parts');
    expect(() => sessionCodec.partsOfUp(bytes)).toThrow('more than 20000 parts');
  });

  it.each([
    ['a message in the form of a number', chunk(many(Buffer.from([0x08, 0x00]), 30_000))],
    ['groups', chunk(Buffer.concat([Buffer.from([0x9b, 0x06, 0x9c, 0x06]), many(network(EMPTY), 30_000)]))],
    ['a text that reaches beyond its message', chunk(field(1, Buffer.from([0x0a, 0x7f, 0x41])))],
    ['a length that never ends', Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])],
  ])('are not hidden by %s', (_what, bytes) => {
    expect(() => sessionCodec.decodeUp(bytes)).toThrow('does not fit the protocol');
  });

  it('are as many as the largest inventory needs', () => {
    const networks = Array.from({ length: 200 }, () => toNetworkMessage(aNetwork(), 'd'));
    const bytes = codec.encodeInventory({ snapshotChunk: { networks } });
    expect(countParts((agentMethods['WatchInventory'] as AnyMethod).responseType, bytes)).toBeLessThan(MAX_PARTS / 4);
  });

  it('are never fewer than the reader makes, whatever the bytes', () => {
    const fuzzer = new MessageFuzzer(seeded(7));
    let read = 0;
    for (let n = 0; n < 20_000; n++) {
      const bytes = fuzzer.message(up);
      try {
        countParts(up, bytes);
      } catch {
        continue;
      }
      // What is counted can be read, but for text that is none.
      const value = sessionCodec.decodeUp(bytes);
      expect(countParts(up, bytes)).toBeGreaterThanOrEqual(partsOf(value));
      read += 1;
    }
    expect(read).toBeGreaterThan(1_000);
  });
});
