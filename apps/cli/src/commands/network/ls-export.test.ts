import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';

/** Answers with CSV, and notes what was asked. */
function exports(...pieces: string[]) {
  const asked: string[] = [];
  const answer: typeof fetch = (url) => {
    asked.push((url as string).replace('http://127.0.0.1:7800/api/v1', ''));
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        for (const piece of pieces) stream.enqueue(new TextEncoder().encode(piece));
        stream.close();
      },
    });
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/csv; charset=utf-8' } }));
  };
  return { asked, answer };
}

describe('network ls -o csv', () => {
  it('passes on what the controller exports, with the same filters and order', async () => {
    const { asked, answer } = exports('host,id\r\n', 'web-1,', 'a\u001b\r\n');
    const line = 'network ls -o csv --on env=prod --filter type=custom --search shop --sort -created';
    const { out, exitCode } = await fairlead(line, {}, { fetch: answer });
    expect({ out, exitCode }).toEqual({ out: 'host,id\r\nweb-1,a\u001b\r\n', exitCode: 0 });
    expect(asked).toEqual(['/networks/export?on=env%3Dprod&predefined=false&q=shop&sort=-created&format=csv']);
  });

  it('lets no name steer a screen', async () => {
    const { answer } = exports('host,id\r', '\nweb-1,a\u001b[2J\r\n');
    const { out } = await fairlead('network ls -o csv', {}, { fetch: answer, screenRows: 24 });
    expect(out).toBe('host,id\nweb-1,a\\u001b[2J\n');
  });

  it('fails where not all came', async () => {
    const broken: typeof fetch = () => {
      const body = new ReadableStream<Uint8Array>({
        pull: (stream) => {
          stream.enqueue(new TextEncoder().encode('host,id\r\n'));
          stream.error(new TypeError('terminated'));
        },
      });
      return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/csv' } }));
    };
    const { exitCode, err } = await fairlead('network ls -o csv', {}, { fetch: broken });
    expect(exitCode).toBe(1);
    expect(err).toContain('not all');
  });

  it.each(['--limit 5', '-q', '--overlays', '--watch'])('refuses %s before it asks anything', async (flag) => {
    const { exitCode, err, controller } = await fairlead(`network ls -o csv ${flag}`, {});
    expect(exitCode).toBe(2);
    expect(err).toContain('does not go with -o csv');
    expect(controller.asked).toEqual([]);
  });

  it('is no form of other lists', async () => {
    expect((await fairlead('host ls -o csv', {})).exitCode).toBe(2);
  });
});
