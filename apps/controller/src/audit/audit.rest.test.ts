import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditPage, auditVerdict, createClient } from '@fairlead/api';
import { type INestApplication } from '@nestjs/common';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { Rig, until } from '../testing/rig.js';
import { ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let app: INestApplication;
let base: string;
let agent: ScriptedAgent;

beforeAll(async () => {
  rig = await Rig.start();
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
  agent = new ScriptedAgent('web-1', { labels: { env: 'prod' }, capability: 2 });
  await rig.attach(agent);
  await rig.attach(new ScriptedAgent('web-2', { labels: { env: 'test' }, capability: 1 }));
});

afterAll(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
});

const clientOf = async (wish: Parameters<Rig['token']>[0] = {}) => {
  const headers = { authorization: `Bearer ${await rig.token(wish)}` };
  return createClient({ baseUrl: base, headers });
};
type Client = Awaited<ReturnType<typeof clientOf>>;
const label = (client: Client, host: string) =>
  client.updateHost({ params: { host }, body: { labels: { rack: '7' } } });

describe('the audit over REST', () => {
  it('shows who did what on which host, from where', async () => {
    const client = await clientOf();
    await label(client, 'web-1');
    const page = auditPage.parse(await client.listAudit({ query: { action: ['host.*'], limit: 1 } }));
    expect(page.items).toMatchObject([
      {
        actor: expect.stringMatching(/^token-/),
        peer: '127.0.0.1',
        action: 'host.label',
        host: 'web-1',
        outcome: 'done',
      },
    ]);
  });

  it('shows a caller with bounds the rows of its own hosts only', async () => {
    const all = await clientOf();
    await label(all, 'web-1');
    await label(all, 'web-2');
    const bounded = await clientOf({ hosts: 'env=test' });
    const page = await bounded.listAudit({ query: {} });
    expect([...new Set(page.items.map(({ host }) => host))]).toEqual(['web-2']);
    expect(page.total).toBe(page.items.length);
  });

  it('has a row for what was refused', async () => {
    const viewer = await clientOf({ role: 'viewer' });
    await expect(label(viewer, 'web-1')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(viewer.listAudit({ query: {} })).rejects.toMatchObject({ code: 'forbidden' });
    const admin = await clientOf();
    await until('both are written', async () => {
      const { items } = await admin.listAudit({ query: { outcome: ['refused'] } });
      const found = items.map(({ action, host, detail }) => `${action} ${host} ${String(detail['code'])}`);
      return found.includes('host.label web-1 forbidden') && found.includes('audit.list null forbidden');
    });
  });

  it('is verified against what the agents keep', async () => {
    const client = await clientOf();
    await rig.runtime.auditing.checkpoints.look(true);
    const { newest } = rig.runtime.auditing.checkpoints;
    await until('the agent keeps it', () => agent.kept.has(newest!.seq));
    const verdict = auditVerdict.parse(await client.verifyAudit());
    expect(verdict).toMatchObject({
      sound: true,
      witnesses: [{ host: 'web-1', newestSeq: newest!.seq }],
      unasked: ['web-2'],
      faults: [],
    });
    await rig.database.prisma.$executeRaw`UPDATE "AuditEntry" SET "actor" = 'nobody' WHERE "seq" = 2`;
    expect(await client.verifyAudit()).toMatchObject({ sound: false, faults: [{ kind: 'edited', seq: 2 }] });
  });
});
