import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catchInterrupts, interruptSignal } from './interrupts.js';
import { LogFile } from './log-file.js';

describe('LogFile', () => {
  it('keeps one file of the limit and the one before it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-log-'));
    const path = join(folder, 'up.log');
    for (const round of ['a', 'b']) {
      const log = new LogFile(path, 20);
      for (let i = 0; i < 8; i++) log.write(`${round}${i} line`);
      log.close();
    }
    const text = `${readFileSync(`${path}.1`, 'utf8')}${readFileSync(path, 'utf8')}`;
    rmSync(folder, { recursive: true });
    expect(text.split('\n').at(-2)).toBe('b7 line');
    expect(text.length).toBeLessThanOrEqual(2 * 28);
  });
});

describe('interrupts', () => {
  it('come one after the other, and are given back', async () => {
    const before = process.listenerCount('SIGINT');
    const interrupts = catchInterrupts();
    const seen: string[] = [];
    void interrupts.second.then(() => seen.push('second'));
    process.emit('SIGINT');
    await interrupts.first;
    expect(seen).toEqual([]);
    process.emit('SIGTERM');
    await interrupts.second;
    expect(seen).toEqual(['second']);
    interrupts.close();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('abort a signal once', () => {
    const before = process.listenerCount('SIGINT');
    const signal = interruptSignal();
    expect(signal.aborted).toBe(false);
    process.emit('SIGINT');
    expect(signal.aborted).toBe(true);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
