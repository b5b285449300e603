import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { isGuardViolation } from '../database/index.js';
import { runCommand } from '../operations/commands.js';
import { until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';
import { lost } from './item-end.js';
import { takeLateWord } from './late-word.js';
import { Lease, LEASE_MS } from './lease.js';
import { aRun } from './new-runs.js';
import { type StoredRun } from './run.js';
import { RunItemsStore } from './run-items.store.js';
import { LeaseLostError } from './run-ports.js';
import { RunMovedOnError, RunsStore } from './runs.store.js';

describe('a lease', () => {
  const held = (renew: () => Promise<void>, monotonic = () => 0) => new Lease(renew, monotonic, 1);

  it('is lost when somebody else has it', async () => {
    const lease = held(() => Promise.reject(new LeaseLostError()));
    await until('it is lost', () => lease.signal.aborted);
  });

  it('is lost when it could not be renewed for as long as it lasts, and not before', async () => {
    let [time, tries] = [0, 0];
    const lease = held(
      () => {
        tries += 1;
        return Promise.reject(new FairleadError('storage_failed', 'the disk is full'));
      },
      () => time,
    );
    time = LEASE_MS - 1;
    await until('it was tried', () => tries > 3);
    expect(lease.signal.aborted).toBe(false);
    time = LEASE_MS;
    await until('it is lost', () => lease.signal.aborted);
  });
});

describe('the owner of a run', () => {
  let fleet: RunsRig;
  let runs: RunsStore;
  let items: RunItemsStore;
  let run: StoredRun;

  beforeEach(async () => {
    // Its own runner looks once and then not again.
    fleet = await RunsRig.start({ runtime: { tickMs: 600_000 } });
    runs = new RunsStore(fleet.rig.database, fleet.rig.runtime.audit);
    items = new RunItemsStore(fleet.rig.database);
    await fleet.policy();
    const policy = await fleet.rig.runtime.policies.get('nightly');
    run = { ...aRun(policy, fleet.rig.time), state: 'running' };
    const item = { hostName: 'h', networkId: 'n', networkName: 'net', driver: 'bridge', digest: 'd' };
    const planned = { ...item, position: 0, wave: 0, restorability: 'exactly', explanation: '', losses: [] } as const;
    const step = {
      verb: 'start',
      actor: run.actor,
      at: run.createdAt,
      statements: await items.insertions(run, [planned]),
    };
    await runs.add([run], step);
  });

  afterEach(() => fleet.rig.stop());

  const now = () => fleet.rig.time;
  const claim = (found: StoredRun, owner: string) => runs.claim(found, owner, now() + LEASE_MS, now());
  const step = () => ({ verb: 'hold', actor: run.actor, at: now() });

  it('is one of those who want to be', async () => {
    const claims = await Promise.allSettled(['one', 'other', 'third'].map((owner) => claim(run, owner)));
    expect(claims.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('is nobody else while the lease lasts, and somebody else after', async () => {
    const first = await claim(run, 'one');
    await expect(claim(first, 'other')).rejects.toThrow(RunMovedOnError);
    fleet.rig.time += LEASE_MS;
    const second = await claim(first, 'other');
    expect(second.fence).toBeGreaterThan(first.fence);
    expect(second.owner).toBe('other');
  });

  it('can be somebody else where the clock was set back behind the lease', async () => {
    const first = await claim(run, 'one');
    fleet.rig.time -= 1;
    expect((await claim(first, 'other')).owner).toBe('other');
  });

  it('sends nothing once another has it: the operation is refused with its items', async () => {
    const late = await claim(run, 'one');
    fleet.rig.time += LEASE_MS;
    await claim(late, 'other');
    const [ref, all] = [{ ...late, runId: late.id }, await items.all(run.id)];
    const alongside = (operationId: string) => [items.sending(late, all, operationId)];
    const command = runCommand('web-1', [], ref, 1_000, { alongside, watch: {} });
    const error: unknown = await fleet.rig.submit(() => Promise.resolve(command)).catch((thrown: unknown) => thrown);
    expect(isGuardViolation(error)).toBe(true);
    expect(await fleet.operations()).toEqual([]);
  });

  it('can write nothing once another has it, whatever it wants to write', async () => {
    const late = await claim(run, 'one');
    fleet.rig.time += LEASE_MS;
    await claim(late, 'other');
    const before = await fleet.audited();
    const end = { position: 0, state: 'done', outcome: 'removed', reason: '', code: '' } as const;
    const ends = [{ ...end, engineMessage: '', restoredId: null }];
    await expect(runs.renew(late, now())).rejects.toThrow(LeaseLostError);
    await expect(items.record(late, ends, now())).rejects.toThrow(LeaseLostError);
    await expect(runs.change(late, { state: 'held' }, step())).rejects.toThrow(RunMovedOnError);
    const sending = items.sending(late, await items.all(run.id), 'op-1');
    await expect(runs.change(await runs.get(run.id), {}, { ...step(), statements: [sending] })).rejects.toThrow(
      RunMovedOnError,
    );
    expect(await fleet.audited()).toEqual(before);
    expect(await items.all(run.id)).toMatchObject([{ state: 'planned', operationId: null }]);
  });

  it.each([
    ['removed', '', '', { outcome: 'removed', code: '', reason: '' }],
    ['kept', 'outcome_unknown', 'cut short', { outcome: 'skipped', code: '', reason: 'cut short' }],
  ])('is told late what became of a network, and the run says so then: %s', async (outcome, code, reason, expected) => {
    const owned = await claim(run, 'one');
    const sending = items.sending(owned, await items.all(run.id), 'op-1');
    await runs.change(owned, {}, { ...step(), statements: [sending] });
    await items.record(owned, [lost(0)], now());
    await runs.change(owned, { state: 'finished', outcome: 'stopped' }, step());
    const told = { network: { id: 'n', name: 'net' }, outcome, reason, code, engineMessage: '' };
    const settled = { at: now(), by: 'journal', explanation: '' } as const;
    const ended = {
      state: 'finished',
      outcome: 'succeeded',
      result: { items: [told] },
      error: null,
      settled,
    } as const;
    const operation = {
      ...ended,
      id: 'op-1',
      kind: 'prune',
      hostName: 'h',
      target: {},
      request: {},
      sent: null,
    } as const;
    const times = { createdAt: 1, dispatchedAt: 1, finishedAt: 1, durationMs: 0, deadlineMs: 1, journalId: null };
    const heard: string[] = [];
    const changed = (id: string): void => void heard.push(id);
    const parts = { items, now, changed, log: () => undefined };
    await takeLateWord(parts, { ...operation, ...times, actor: run.actor });
    expect(heard).toEqual([run.id]);
    expect(await items.all(run.id)).toMatchObject([{ state: 'done', ...expected }]);
  });

  it('sends no item that is part of an operation already', async () => {
    const owned = await claim(run, 'one');
    const all = await items.all(run.id);
    await runs.change(owned, {}, { ...step(), statements: [items.sending(owned, all, 'op-1')] });
    const again = runs.change(owned, {}, { ...step(), statements: [items.sending(owned, all, 'op-2')] });
    await expect(again).rejects.toThrow(RunMovedOnError);
    expect(await items.all(run.id)).toMatchObject([{ state: 'sent', operationId: 'op-1' }]);
  });

  it('has a fence above that of each run of its policy before, also over a database from a backup', async () => {
    const first = await claim(run, 'one');
    const ended = await runs.change(first, { state: 'finished', outcome: 'done' }, step());
    const policy = await fleet.rig.runtime.policies.get('nightly');
    const next = aRun(policy, now());
    await runs.add([next], step());
    expect((await claim(next, 'one')).fence).toBeGreaterThan(ended.fence);
    expect(first.fence).toBe((now() - Date.parse('2026-01-01T00:00:00Z')) / 1000);
  });
});
