import { describe, expect, it } from '@jest/globals';
import { toEngineEvent, toTimestamp } from './events.js';
import { FrameReader } from './frames.js';
import { lineSplitter } from './lines.js';

describe('lineSplitter', () => {
  const split = (chunks: Buffer[], longest?: number): string[] => {
    const lines: string[] = [];
    const take = lineSplitter((line) => lines.push(line), longest);
    for (const chunk of chunks) take(chunk);
    return lines;
  };

  it('finds the same lines wherever the stream is cut, also inside a character', () => {
    const whole = Buffer.from('{"a":"ü"}\n\n{"b":"€"}\r\n{"c":1}\nunfinished');
    const lines = ['{"a":"ü"}', '{"b":"€"}\r', '{"c":1}'];
    expect(split([whole])).toEqual(lines);
    expect(split([...whole].map((byte) => Buffer.from([byte])))).toEqual(lines);
  });

  it('leaves out a line that is too long, however it arrives, and goes on', () => {
    const parts = ['one\n', 'x'.repeat(8), 'x'.repeat(8), 'x\ntwo\n', `${'y'.repeat(20)}\nthree\n`];
    expect(
      split(
        parts.map((part) => Buffer.from(part)),
        10,
      ),
    ).toEqual(['one', 'two', 'three']);
  });
});

describe('toEngineEvent', () => {
  const event = (parts: object): string =>
    JSON.stringify({ Type: 'network', Action: 'connect', Actor: { ID: 'n1' }, ...parts });

  it('reads what happened to which network or container', () => {
    expect(toEngineEvent(event({}))).toEqual({ type: 'network', action: 'connect', id: 'n1' });
    const started = { Type: 'container', Action: 'start', Actor: { ID: 'c1', Attributes: { name: 'one' } } };
    expect(toEngineEvent(event(started))).toEqual({ type: 'container', action: 'start', id: 'c1' });
  });

  it('has no id for a prune', () => {
    expect(toEngineEvent(event({ Action: 'prune', Actor: { ID: '', Attributes: { reclaimed: '0' } } }))).toEqual({
      type: 'network',
      action: 'prune',
      id: '',
    });
  });

  it("does not take Podman's container for a network", () => {
    const podmans = { Actor: { ID: 'c1', Attributes: { network: 'my-net' } } };
    expect(toEngineEvent(event(podmans))).toEqual({ type: 'network', action: 'connect', id: '' });
    const removed = { Action: 'remove', Actor: { ID: 'n1', Attributes: { network: 'my-net' } } };
    expect(toEngineEvent(event(removed))).toEqual({ type: 'network', action: 'destroy', id: 'n1' });
  });

  it.each([
    '',
    'not json',
    'null',
    '1',
    '{}',
    event({ Type: 'image' }),
    event({ Action: '' }),
    event({ Action: null }),
  ])('passes over %j', (line) => expect(toEngineEvent(line)).toBeUndefined());
});

describe('toTimestamp', () => {
  it('keeps the nanoseconds, which a number would lose, in any time zone', () => {
    expect(toTimestamp('2026-11-25T05:31:24.106613623Z')).toBe('1795584684.106613623');
    expect(toTimestamp('2026-11-25T06:31:24.5+01:00')).toBe('1795584684.500000000');
    expect(toTimestamp('2026-11-25T05:31:24Z')).toBe('1795584684.000000000');
    expect(toTimestamp('')).toBe('0');
  });
});

describe('FrameReader', () => {
  const frame = (stream: number, text: string): Buffer => {
    const content = Buffer.from(text);
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(content.length, 4);
    return Buffer.concat([header, content]);
  };
  const whole = Buffer.concat([frame(1, 'hällo '), frame(2, 'oops'), frame(1, ''), frame(1, 'wörld')]);

  it('takes the two outputs apart wherever the stream is cut', () => {
    for (const size of [1, 3, 8, 9, whole.length]) {
      const reader = new FrameReader();
      for (let at = 0; at < whole.length; at += size) reader.write(whole.subarray(at, at + size));
      expect([reader.stdout, reader.stderr]).toEqual(['hällo wörld', 'oops']);
    }
  });

  it('keeps no more than its limit of each output, and reads on', () => {
    const reader = new FrameReader(4);
    for (const part of [frame(1, 'abc'), frame(1, 'def'), frame(2, 'xyz'), frame(1, 'ghi')]) reader.write(part);
    expect([reader.stdout, reader.stderr]).toEqual(['abcd', 'xyz']);
  });
});
