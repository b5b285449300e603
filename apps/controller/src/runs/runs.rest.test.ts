import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, freeze, freezeAnswer, run as runView, runItemPage, runPage } from '@fairlead/api';
import { type INestApplication } from '@nestjs/common';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { PruningAgent } from '../testing/pruning-agent.js';
import { aSpec, RunsRig } from '../testing/runs-rig.js';

let fleet: RunsRig;
let app: INestApplication;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  fleet = await RunsRig.start();
  app = await createServer(fleet.rig.runtime, () => fleet.rig.time, createLogger('silent'));
  const baseUrl = `http://127.0.0.1:${await listen(app, 0)}`;
  client = createClient({ baseUrl, headers: { authorization: `Bearer ${await fleet.rig.token()}` } });
  await fleet.rig.attach(new PruningAgent('web-1', ['a', 'b', 'c']));
  await client.createPolicy({ body: { name: 'nightly', spec: aSpec() } });
});

afterAll(async () => {
  await fleet.rig.runtime.stop(0);
  await app.close();
  await fleet.rig.stop();
});

const params = { policy: 'nightly' };

describe('runs over REST', () => {
  it('report, are carried out by the hash of a plan, and are listed newest first, by pages', async () => {
    const report = runView.parse(await client.startRun({ params, body: {} }));
    expect(report).toMatchObject({ outcome: 'reported', actor: expect.stringMatching(/^token-/) });
    const { hash } = await client.planPolicy({ params, body: {} });
    const run = runView.parse(await client.startRun({ params, body: { mode: 'apply', planHash: hash } }));
    await fleet.finished(run.id);
    const first = runPage.parse(await client.listRuns({ query: { policy: ['nightly'], limit: 1 } }));
    expect(first).toMatchObject({ total: 2, items: [{ id: run.id }] });
    const second = await client.listRuns({ query: { policy: ['nightly'], limit: 1, cursor: first.nextCursor! } });
    expect(second).toMatchObject({ items: [{ id: report.id }], nextCursor: null });
    expect(await client.listRuns({ query: { outcome: ['done'] } })).toMatchObject({ total: 1 });
  });

  it('are listed of a policy that has none, or is gone, but not of one that never was', async () => {
    await client.createPolicy({ body: { name: 'idle', spec: aSpec() } });
    expect(await client.listRuns({ query: { policy: ['idle', 'nightly'] } })).toMatchObject({ total: 2 });
    expect(await client.listRuns({ query: { policy: ['idle'] } })).toMatchObject({ total: 0 });
    const { id } = await client.startRun({ params: { policy: 'idle' }, body: {} });
    await client.removePolicy({ params: { policy: 'idle' } });
    expect(await client.listRuns({ query: { policy: ['idle'] } })).toMatchObject({ items: [{ id }] });
    const mistyped = client.listRuns({ query: { policy: ['nightly', 'nope'] } });
    await expect(mistyped).rejects.toMatchObject({ code: 'policy_not_found', message: "There is no policy 'nope'" });
  });

  it('show their networks by pages, in the order in which they were taken', async () => {
    const { items } = await client.listRuns({ query: { outcome: ['done'] } });
    const id = items[0]!.id;
    const first = runItemPage.parse(await client.listRunItems({ params: { run: id }, query: { limit: 2 } }));
    expect(first.items.map(({ network }) => network.name)).toEqual(['a', 'b']);
    const query = { limit: 2, cursor: first.nextCursor! };
    const second = await client.listRunItems({ params: { run: id }, query });
    expect([second.items.map(({ network }) => network.name), second.nextCursor, second.total]).toEqual([
      ['c'],
      null,
      3,
    ]);
    expect(await client.listRunItems({ params: { run: id }, query: { outcome: ['kept'] } })).toMatchObject({
      total: 0,
    });
    expect(await client.listRunItems({ params: { run: id }, query: { host: ['web-1'] } })).toMatchObject({ total: 3 });
  });

  it('are refused where there is no such run or policy, or no hash', async () => {
    const none = { params: { run: 'none' } };
    await expect(client.getRun(none)).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(client.listRunItems(none)).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(client.cancelRun(none)).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(client.approveRun({ ...none, body: { planHash: 'x' } })).rejects.toMatchObject({
      code: 'run_not_found',
    });
    const unknown = client.startRun({ params: { policy: 'none' }, body: {} });
    await expect(unknown).rejects.toMatchObject({ code: 'policy_not_found' });
    await expect(client.startRun({ params, body: { mode: 'apply' } })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
  });

  it('report nothing but the plan whose hash is given, where one is', async () => {
    const stale = client.startRun({ params, body: { planHash: 'sha256:00' } });
    await expect(stale).rejects.toMatchObject({ code: 'plan_stale' });
    const { hash } = await client.planPolicy({ params, body: {} });
    expect(await client.startRun({ params, body: { planHash: hash } })).toMatchObject({
      outcome: 'reported',
      planHash: hash,
    });
  });

  it('have a switch that holds them', async () => {
    expect(freeze.parse(await client.getFreeze())).toEqual({ frozen: false, reason: '', actor: '', at: null });
    const frozen = freezeAnswer.parse(await client.setFreeze({ body: { frozen: true, reason: 'an incident' } }));
    const known = { frozen: true, reason: 'an incident', at: '2026-11-24T09:30:00.000Z' };
    expect(frozen).toMatchObject({ ...known, already: false });
    expect(await client.setFreeze({ body: { frozen: true } })).toMatchObject({ ...known, already: true });
    const { hash } = await client.planPolicy({ params, body: {} });
    const held = client.startRun({ params, body: { mode: 'apply', planHash: hash } });
    await expect(held).rejects.toMatchObject({ code: 'frozen' });
    expect(await client.startRun({ params, body: {} })).toMatchObject({ outcome: 'reported' });
    await client.setFreeze({ body: { frozen: false } });
    expect(await client.getFreeze()).toMatchObject({ frozen: false });
  });
});
