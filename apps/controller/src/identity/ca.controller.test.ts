import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '@fairlead/api';
import { type INestApplication } from '@nestjs/common';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { Rig } from '../testing/rig.js';

let rig: Rig;
let app: INestApplication;
let base: string;

async function begin(ca: boolean): Promise<void> {
  rig = await Rig.start({ ca });
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
}

beforeEach(() => begin(true));
afterEach(async () => {
  await app.close();
  await rig.stop();
});

const clientOf = async (role: 'admin' | 'operator' = 'admin') =>
  createClient({ baseUrl: base, headers: { authorization: `Bearer ${await rig.token({ role })}` } });

describe('the certificate authority over REST', () => {
  it('is shown, and rotated in three steps', async () => {
    const client = await clientOf();
    const first = await client.getCa();
    expect(first).toMatchObject({
      clusterId: rig.ca?.clusterId,
      waitingFor: [],
      roots: [{ state: 'active', hosts: 0 }],
    });
    expect(JSON.stringify(first)).not.toContain('PRIVATE');
    const states = (ca: typeof first) => ca.roots.map(({ state }) => state);
    expect(states(await client.prepareRoot({ body: { force: false } }))).toEqual(['active', 'prepared']);
    await expect(client.prepareRoot({ body: { force: false } })).rejects.toMatchObject({ code: 'already_exists' });
    expect(states(await client.activateRoot({ body: { force: false } }))).toEqual(['trusted', 'active']);
    expect(states(await client.retireRoot({ body: { force: false } }))).toEqual(['active']);
  });

  it('names the hosts that would be left behind', async () => {
    const client = await clientOf();
    await rig.join('off');
    await client.prepareRoot({ body: { force: false } });
    expect((await client.getCa()).waitingFor).toEqual(['off']);
    await expect(client.activateRoot({ body: { force: false } })).rejects.toMatchObject({ code: 'hosts_left_behind' });
    await client.activateRoot({ body: { force: true } });
  });

  it('is for admins', async () => {
    const client = await clientOf('operator');
    await expect(client.getCa()).rejects.toMatchObject({ code: 'forbidden' });
    await expect(client.prepareRoot({ body: { force: false } })).rejects.toMatchObject({ code: 'forbidden' });
    expect(rig.ca?.roots()).toHaveLength(1);
  });
});
