import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { terminalOf } from './terminal.js';

const streams = (isTTY: boolean) => ({
  stdin: Object.assign(new PassThrough(), { isTTY }),
  stdout: new PassThrough(),
  stderr: Object.assign(new PassThrough(), { isTTY }),
});
const text = (stream: PassThrough): string => String(stream.read() ?? '');

describe('the terminal', () => {
  it('asks on standard error, so that results can be piped', async () => {
    const { stdin, stdout, stderr } = streams(false);
    const answer = terminalOf({ stdin, stdout, stderr }).ask('Sure? ');
    stdin.write('yes\n');
    expect(await answer).toBe('yes');
    expect(text(stderr)).toBe('Sure? ');
    expect(text(stdout)).toBe('');
  });

  it('takes the end of the input for no answer', async () => {
    const given = streams(true);
    const answer = terminalOf(given).ask('Sure? ');
    given.stdin.end();
    expect(await answer).toBe('');
  });

  it('is interactive only where a person can both read and answer', () => {
    expect(terminalOf(streams(true)).interactive).toBe(true);
    expect(terminalOf({ ...streams(true), stdin: streams(false).stdin }).interactive).toBe(false);
  });

  it('keeps results apart from everything else', () => {
    const given = streams(false);
    const terminal = terminalOf(given);
    terminal.write('result');
    terminal.warn('warning');
    expect([text(given.stdout), text(given.stderr)]).toEqual(['result', 'warning']);
  });

  it('has rows only where results go to a screen', () => {
    const given = streams(true);
    const screen = Object.assign(new PassThrough(), { isTTY: true, rows: 50 });
    expect(terminalOf({ ...given, stdout: screen }).screenRows()).toBe(50);
    expect(terminalOf({ ...given, stdout: Object.assign(screen, { rows: 0 }) }).screenRows()).toBe(24);
    expect(terminalOf(given).screenRows()).toBeUndefined();
  });

  it('waits for a reader that takes results slowly', async () => {
    const given = streams(false);
    const terminal = terminalOf(given);
    await terminal.drained();
    terminal.write('x'.repeat(1_000_000));
    let drained = false;
    const waiting = terminal.drained().then(() => (drained = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(drained).toBe(false);
    given.stdout.resume();
    await waiting;
  });

  it('shows nothing of a secret that is typed', async () => {
    const given = streams(true);
    const answer = terminalOf(given).askSecret('Token: ');
    given.stdin.write('flt1.secret\r');
    expect(await answer).toBe('flt1.secret');
    expect(text(given.stderr)).toBe('Token: \n');
    expect(text(given.stdout)).toBe('');
  });

  it('takes Ctrl-C at a secret for no answer', async () => {
    const given = streams(true);
    const answer = terminalOf(given).askSecret('Token: ');
    given.stdin.write('flt1\u0003');
    expect(await answer).toBe('');
  });

  it('reads what is piped in to its end, up to what a secret may need', async () => {
    const given = streams(false);
    const read = terminalOf(given).readInput();
    given.stdin.write('flt1.');
    given.stdin.end('secret\n');
    expect(await read).toBe('flt1.secret\n');
    const endless = streams(false);
    endless.stdin.write('x'.repeat(100_000));
    expect((await terminalOf(endless).readInput()).length).toBe(65_536);
  });
});
