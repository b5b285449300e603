import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { TurnGate } from './turn-gate.js';

function queueOf(gate: TurnGate, count: number) {
  const begun: number[] = [];
  const turns = Array.from({ length: count }, (_, index) => gate.queue(() => begun.push(index)));
  return { begun, turns };
}

describe('the gate of turns', () => {
  it('lets in as many as there is room for, and the others in order as room comes', () => {
    const { begun, turns } = queueOf(new TurnGate(2), 5);
    expect(begun).toEqual([0, 1]);
    turns[1]!.end();
    expect(begun).toEqual([0, 1, 2]);
    turns[0]!.end();
    turns[2]!.end();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('counts the end of a turn once, however often it is told of', () => {
    const { begun, turns } = queueOf(new TurnGate(1), 4);
    for (let round = 0; round < 3; round++) turns[0]!.end();
    expect(begun).toEqual([0, 1]);
  });

  it('passes over those who no longer wait', () => {
    const { begun, turns } = queueOf(new TurnGate(1), 3);
    turns[1]!.end();
    turns[0]!.end();
    expect(begun).toEqual([0, 2]);
  });

  it('lets the next one in when a snapshot never comes', async () => {
    const { begun } = queueOf(new TurnGate(1, 1), 2);
    while (begun.length < 2) await delay(1);
    expect(begun).toEqual([0, 1]);
  });

  it('never has more open than it may, whoever ends when', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    const gate = new TurnGate(3);
    const open = new Set<number>();
    const turns: { readonly index: number; readonly end: () => void }[] = [];
    for (let index = 0; index < 2000; index++) {
      const turn = gate.queue(() => open.add(index));
      turns.push({ index, end: () => turn.end() });
      if (random(3) > 0) {
        const [gone] = turns.splice(random(turns.length), 1);
        open.delete(gone!.index);
        gone!.end();
      }
      expect(open.size).toBeLessThanOrEqual(3);
    }
    for (const { index, end } of turns) {
      open.delete(index);
      end();
      expect(open.size).toBeLessThanOrEqual(3);
    }
    expect(open.size).toBe(0);
  });
});
