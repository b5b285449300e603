import { describe, expect, it } from '@jest/globals';
import { type Operation } from '../operations/operation.js';
import { OperationEnds } from './operation-ends.js';

const NEVER = new AbortController().signal;
const HOUR = 3_600_000;

/** A prune whose answer was lost. */
const LOST: Operation = {
  ...{ id: 'op', kind: 'prune', hostName: 'web-1', target: {}, request: {}, sent: null, deadlineMs: 1 },
  ...{ state: 'finished', outcome: 'unknown', result: null, error: null, settled: null },
  ...{ actor: { name: 'local', client: 'test', peer: 'unix' }, createdAt: 1, dispatchedAt: 1 },
  ...{ finishedAt: 1, durationMs: 0, journalId: 'journal' },
};
const SETTLED: Operation = { ...LOST, outcome: 'succeeded' };

const endsOf = (operation: Operation, canTell = () => true): OperationEnds =>
  new OperationEnds({ get: () => Promise.resolve(operation) }, canTell);

describe('the end of an operation', () => {
  it('is told at once where it is known', async () => {
    const end = { operationId: 'op', outcome: 'succeeded', items: [], error: null };
    expect(await endsOf(SETTLED, () => false).of('op', NEVER, HOUR)).toEqual(end);
  });

  it('is told when its host has told', async () => {
    const ends = endsOf(LOST);
    const told = ends.of('op', NEVER, HOUR);
    await new Promise(setImmediate);
    ends.operationChanged(SETTLED);
    expect(await told).toMatchObject({ outcome: 'succeeded' });
  });

  it('is given up after its time, and when the wait is given up', async () => {
    expect(await endsOf(LOST).of('op', NEVER, 10)).toBeUndefined();
    const over = new AbortController();
    const told = endsOf(LOST).of('op', over.signal, HOUR);
    over.abort();
    expect(await told).toBeUndefined();
  });

  it('is given up where nobody can tell it, also where that is so only later', async () => {
    expect(await endsOf(LOST, () => false).of('op', NEVER, HOUR)).toBeUndefined();
    let known = true;
    const told = endsOf(LOST, () => known).of('op', NEVER, HOUR);
    await new Promise(setImmediate);
    known = false;
    expect(await told).toBeUndefined();
  });
});
