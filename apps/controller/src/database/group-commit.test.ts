import { expect, it } from '@jest/globals';
import { GroupCommit } from './group-commit.js';

/** A lane whose commits wait until they are let go, and what it was given. */
function lane(room = 10) {
  const groups: string[][] = [];
  const waiting: (() => void)[] = [];
  let failing = '';
  const commits = new GroupCommit<string, string>(async (works) => {
    groups.push([...works]);
    await new Promise<void>((resume) => waiting.push(resume));
    if (works.includes(failing)) throw new Error(`${failing} failed`);
    return works.map((work) => work.toUpperCase());
  }, room);
  const submit = (work: string, weight = 1, key = work) => commits.submit({ key, weight, work });
  const next = async (): Promise<void> => {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await next();
  };
  return { groups, submit, next, drain, fail: (work: string) => (failing = work) };
}

it('does together what came while it was busy', async () => {
  const { groups, submit, drain } = lane();
  const results = ['a', 'b', 'c'].map((work) => submit(work));
  await drain();
  expect(groups).toEqual([['a'], ['b', 'c']]);
  expect(await Promise.all(results)).toEqual(['A', 'B', 'C']);
});

it('begins a group only when the one before is done', async () => {
  const { groups, submit, next } = lane();
  void submit('a');
  void submit('b');
  await new Promise((resolve) => setImmediate(resolve));
  expect(groups).toEqual([['a']]);
  await next();
  expect(groups).toEqual([['a'], ['b']]);
});

it('bounds a group by weight, and takes what is heavier than that alone', async () => {
  const { groups, submit, drain } = lane(10);
  void submit('first');
  void submit('a', 6);
  void submit('b', 4);
  void submit('heavy', 11);
  void submit('light', 1);
  await drain();
  expect(groups).toEqual([['first'], ['a', 'b'], ['heavy'], ['light']]);
});

it('keeps the order under one key, and lets others of the group pass', async () => {
  const { groups, submit, drain } = lane();
  void submit('first');
  void submit('a1', 1, 'a');
  void submit('a2', 1, 'a');
  void submit('b1', 1, 'b');
  void submit('a3', 1, 'a');
  await drain();
  expect(groups).toEqual([['first'], ['a1', 'b1'], ['a2'], ['a3']]);
});

it('does the others of a group in which one fails', async () => {
  const { groups, submit, drain, fail } = lane();
  fail('b');
  const outcomes = Promise.allSettled([submit('first'), submit('a'), submit('b'), submit('c')]);
  await drain();
  expect(groups).toEqual([['first'], ['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  expect((await outcomes).map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual([
    'FIRST',
    'A',
    'Error: b failed',
    'C',
  ]);
});

it('goes on after a failure', async () => {
  const { submit, drain, fail } = lane();
  fail('a');
  const failed = expect(submit('a')).rejects.toThrow('a failed');
  await drain();
  await failed;
  const later = submit('b');
  await drain();
  expect(await later).toBe('B');
});
