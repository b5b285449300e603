import { expect, it } from '@jest/globals';
import { type PolicySpecView, type RunOutcome } from '@fairlead/api';
import { type LiveParts, LivePorts } from './live-ports.js';
import { type StoredRun } from './run.js';

const running = { outcome: null, cancelled: undefined } as const;

it.each<[string, { outcome: RunOutcome | null; cancelled: string | undefined }, number]>([
  ['a quarter of an hour while it runs', running, 900_000],
  ['a minute once it is cancelled', { ...running, cancelled: 'by ann' }, 60_000],
  ['a minute once it is to end', { ...running, outcome: 'stopped' }, 60_000],
])('a run waits for the word of a lost host %s', async (_, { outcome, cancelled }, limitMs) => {
  const limits: number[] = [];
  const parts: Pick<LiveParts, 'ends' | 'cancelled'> = {
    ends: { of: (_id, _signal, limit) => (limits.push(limit), Promise.resolve(undefined)) },
    cancelled: () => cancelled,
  };
  const run = { outcome } as StoredRun;
  const ports = new LivePorts(run, { schedule: null } as PolicySpecView, parts as LiveParts);
  await ports.settled('operation-1', new AbortController().signal);
  expect(limits).toEqual([limitMs]);
});
