import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANONYMOUS, type Refusal, Refusals } from './refusals.js';
import { AuditRig } from '../testing/audit-rig.js';

let rig: AuditRig;
let refusals: Refusals;

beforeEach(async () => {
  rig = await AuditRig.start();
  refusals = new Refusals(
    rig.audit,
    () => rig.time,
    (message) => rig.logged.push(message),
  );
});

afterEach(() => rig.stop());

const refusal = (name: string, peer = '10.0.0.1', action = 'network.remove'): Refusal => ({
  at: rig.time,
  actor: { name, client: 'test', peer },
  action,
  hostName: null,
  target: {},
  operationId: null,
  detail: { code: 'forbidden' },
});
const anonymous = (peer?: string, action?: string): void => refusals.note(refusal(ANONYMOUS, peer, action));

async function rows() {
  await refusals.flush();
  return rig.database.prisma.auditEntry.findMany({ where: { seq: { gt: 1 } }, orderBy: { seq: 'asc' } });
}
const details = async () => (await rows()).map(({ detail }) => detail as { count?: number; dropped?: number });
/** How many refusals the rows speak of. */
const total = async () => (await details()).reduce((sum, { count = 1, dropped = 0 }) => sum + count + dropped, 0);

describe('refusals of known callers', () => {
  it('are a row each', async () => {
    for (let n = 0; n < 240; n += 1) refusals.note(refusal(`deploy-${n % 4}`));
    const written = await rows();
    expect(written).toHaveLength(240);
    expect(written[0]).toMatchObject({ actor: 'deploy-0', outcome: 'refused', detail: { code: 'forbidden' } });
  });

  it('are at most 60 rows of one caller a minute and then a count, of whom ever there are', async () => {
    for (let second = 0; second < 180; second += 1) {
      for (let n = 0; n < 50; n += 1) refusals.note(refusal('agent:stolen', `10.0.${second}.${n}`, `action-${n}`));
      refusals.note(refusal('deploy'));
      refusals.look();
      rig.time += 1000;
    }
    const written = await rows();
    expect(written.filter(({ actor }) => actor === 'agent:stolen')).toHaveLength(60 + 2 * 60);
    expect(written.map(({ detail }) => detail)).toContainEqual(
      expect.objectContaining({ count: 2940, explanation: expect.stringContaining('of any kind') }),
    );
    await refusals.stop();
    expect(await total()).toBe(180 * 51);
  });

  it('are counted together where more callers come than get rows', async () => {
    for (let n = 0; n < 1500; n += 1) refusals.note(refusal(`token-${n}`));
    await refusals.stop();
    expect((await rows()).length).toBeLessThanOrEqual(1002);
    expect(await total()).toBe(1500);
  });

  it('keep no more of a reason than people read', async () => {
    const reason = 'x'.repeat(16_000);
    refusals.note({ ...refusal('deploy'), detail: { code: 'forbidden', reason } });
    const [row] = await rows();
    expect(JSON.stringify(row!.detail).length).toBeLessThan(600);
  });

  it('wait in bounds where the database fails, and the next row says how many were dropped', async () => {
    await rig.sql('ALTER TABLE "AuditEntry" RENAME TO "Away"');
    for (let n = 0; n < 1500; n += 1) refusals.note(refusal(`deploy-${n % 500}`));
    await refusals.flush();
    await rig.sql('ALTER TABLE "Away" RENAME TO "AuditEntry"');
    refusals.look();
    const found = await details();
    expect(found).toHaveLength(1000);
    expect(found[0]).toEqual({ code: 'forbidden', dropped: 500 });
    expect(await total()).toBe(1500);
  });

  it('make no line of the log each while the database fails', async () => {
    await rig.sql('ALTER TABLE "AuditEntry" RENAME TO "Away"');
    for (let n = 0; n < 50; n += 1) {
      refusals.note(refusal('deploy'));
      await rig.audit.end().catch(() => undefined);
    }
    const lines = rig.logged.filter((line) => line.includes('refusals cannot be written'));
    await rig.sql('ALTER TABLE "Away" RENAME TO "AuditEntry"');
    expect(lines).toHaveLength(1);
    expect(await rows()).toHaveLength(50);
  });
});

describe('anonymous refusals', () => {
  it('have a row at once, then one a minute with their count', async () => {
    for (let n = 0; n < 1000; n += 1) anonymous();
    expect(await details()).toEqual([{ code: 'forbidden' }]);
    rig.time += 59_999;
    refusals.look();
    expect(await details()).toHaveLength(1);
    rig.time += 1;
    refusals.look();
    expect(await details()).toEqual([{ code: 'forbidden' }, { code: 'forbidden', count: 999 }]);
    anonymous();
    expect(await rows()).toHaveLength(2);
    rig.time += 60_000;
    refusals.look();
    expect(await total()).toBe(1001);
  });

  it('are counted for each action and address', async () => {
    anonymous('10.0.0.1');
    anonymous('10.0.0.2');
    anonymous('10.0.0.1', 'access');
    anonymous('10.0.0.2');
    const found = await rows();
    expect(found.map(({ peer, action }) => `${peer} ${action}`)).toEqual([
      '10.0.0.1 network.remove',
      '10.0.0.2 network.remove',
      '10.0.0.1 access',
    ]);
  });

  it('are at most 60 rows and a summary a minute, whoever comes, and none is forgotten', async () => {
    const written: number[] = [];
    for (let second = 0; second < 300; second += 1) {
      for (let n = 0; n < 40; n += 1) anonymous(`10.${second % 200}.0.${n}`);
      refusals.look();
      written.push((await rows()).length);
      rig.time += 1000;
    }
    for (let second = 60; second < 300; second += 1)
      expect(written[second]! - written[second - 60]!).toBeLessThanOrEqual(61);
    expect(await rows()).toContainEqual(expect.objectContaining({ action: 'access.refusals', actor: 'controller' }));
    await refusals.stop();
    expect(await total()).toBe(12_000);
  });

  it('are written when the controller stops', async () => {
    anonymous();
    anonymous();
    await refusals.stop();
    expect(await total()).toBe(2);
  });

  it('go on being counted when the clock is put back', async () => {
    anonymous();
    rig.time -= 3_600_000;
    anonymous();
    refusals.look();
    expect(await total()).toBe(2);
  });
});

it('never disturbs the request, also when nothing can be written', async () => {
  await rig.sql('ALTER TABLE "AuditEntry" RENAME TO "Away"');
  for (const name of ['deploy', ANONYMOUS]) expect(() => refusals.note(refusal(name))).not.toThrow();
  await expect(refusals.flush()).resolves.toBeUndefined();
  await rig.sql('ALTER TABLE "Away" RENAME TO "AuditEntry"');
});
