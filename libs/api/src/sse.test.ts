import { describe, expect, it } from '@jest/globals';
import { SseParser } from './sse.js';

const parse = (...chunks: string[]) => {
  const parser = new SseParser();
  return { messages: chunks.flatMap((chunk) => parser.push(chunk)), parser };
};

describe('SseParser', () => {
  it('gives the same messages however the text is cut', () => {
    const text = ':hello\n\nid: 7\nevent: host.changed\ndata: {"a":\ndata: 1}\n\ndata: x\r\n\r\n';
    const whole = parse(text).messages;
    expect(whole).toEqual([
      { id: '7', event: 'host.changed', data: '{"a":\n1}' },
      { id: '7', event: 'message', data: 'x' },
    ]);
    for (let cut = 1; cut < text.length; cut++) {
      expect(parse(text.slice(0, cut), text.slice(cut)).messages).toEqual(whole);
    }
    expect(parse(...text).messages).toEqual(whole);
  });

  it('notes where the stream stands, also without a message, once that is complete', () => {
    const parser = new SseParser();
    const positions = ['id: 7\n', '\n', 'id: 8\ndata: x\n', '\n', ': alive\n\n', 'id: 9'].map((text) => {
      const messages = parser.push(text);
      return [parser.position, messages.length];
    });
    expect(positions).toEqual([
      ['', 0],
      ['7', 0],
      ['7', 0],
      ['8', 1],
      ['8', 0],
      ['8', 0],
    ]);
  });

  it('does not give a message that the end of the stream has cut off', () => {
    expect(parse('data: whole\n\ndata: half\n').messages).toHaveLength(1);
  });

  it('passes over heartbeats and unknown fields, and notes how long to wait', () => {
    const { messages, parser } = parse(': ping\n\nretry: 2500\nretry: soon\ncolour: red\n\n');
    expect(messages).toEqual([]);
    expect(parser.retryMs).toBe(2500);
  });

  it('refuses a line without an end', () => {
    const parser = new SseParser();
    expect(() => {
      for (let i = 0; i < 9; i++) parser.push('x'.repeat(1024 * 1024));
    }).toThrow('line that does not end');
  });
});
