import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { anEndpoint } from '@fairlead/domain/testing';
import { type Statement } from '../database/index.js';
import { Rig, until } from '../testing/rig.js';
import { network, ScriptedAgent } from '../testing/scripted-agent.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

let rig: Rig;
let agent: ScriptedAgent;
let start: number;

beforeEach(async () => {
  rig = await Rig.start();
  start = rig.time;
  agent = new ScriptedAgent('web-1');
  agent.set(network('idle'));
  agent.set(network('used', { endpoints: [anEndpoint('db')] }));
  await rig.attach(agent);
});

afterEach(() => rig.stop());

/** Since when each is unused, in milliseconds after the start. */
const unused = async () =>
  Object.fromEntries(
    (await rig.database.prisma.network.findMany()).map(({ name, unusedSinceAt }) => [
      name,
      unusedSinceAt && Number(unusedSinceAt) - start,
    ]),
  );

/** The host goes, and comes back so much later. */
async function comeBack(ms: number): Promise<void> {
  await rig.runtime.fleet.end('web-1', 'cut');
  rig.time += ms;
  await rig.attach(agent);
}

/** SQL that is written from now on. */
function watch(): string[] {
  const seen: string[] = [];
  const transaction = rig.database.transaction.bind(rig.database);
  rig.database.transaction = (statements: readonly Statement[]) => {
    seen.push(...statements.flatMap((each) => ('sql' in each ? [each.sql] : [])));
    return transaction(statements);
  };
  return seen;
}

describe('time in which nobody looked', () => {
  it('counts as use where the agent began anew, though all is as it was', async () => {
    rig.time += MINUTE;
    await agent.bookmark();
    await rig.settle('web-1');
    agent.streamId = 'after a restart';
    await comeBack(20 * DAY);
    expect(await unused()).toMatchObject({ idle: 20 * DAY, bridge: 20 * DAY, used: null });
  });

  it('counts as use where something came and went meanwhile, though all is as it was', async () => {
    agent.revision += 2;
    await comeBack(20 * DAY);
    expect(await unused()).toMatchObject({ idle: 20 * DAY });
  });

  it('is none where the agent has watched, and nothing is written of its networks', async () => {
    const written = watch();
    await comeBack(20 * DAY);
    expect(await unused()).toMatchObject({ idle: 0, used: null });
    expect(written.filter((sql) => sql.includes('"Network"'))).toEqual([]);
  });

  it('counts as use for what has changed, and for what has not', async () => {
    agent.set(network('used'));
    agent.set(network('idle', { labels: { a: 'b' } }));
    agent.set(network('new'));
    agent.revision += 1;
    rig.time += 5 * MINUTE;
    await agent.bookmark();
    await until('a snapshot is stored', async () => (await rig.names()).includes('new'));
    expect(await unused()).toMatchObject({ idle: 5 * MINUTE, bridge: 5 * MINUTE, used: 5 * MINUTE, new: 5 * MINUTE });
    agent.set(network('idle'));
    agent.revision += 1;
    await comeBack(DAY);
    await until('it is as it was', async () => (await rig.networks()).every(({ labels }) => labels['a'] === undefined));
    const later = 5 * MINUTE + DAY;
    expect(await unused()).toMatchObject({ idle: later, bridge: later, used: later, new: later });
  });

  it('is not worth a write up to a minute', async () => {
    agent.streamId = 'after a restart';
    const written = watch();
    await comeBack(MINUTE);
    expect(await unused()).toMatchObject({ idle: 0 });
    expect(written.filter((sql) => sql.includes('"Network"'))).toEqual([]);
  });

  it('is also that in which the engine did not answer its agent', async () => {
    agent.health = { state: 'down', reason: 'connection refused' };
    await agent.bookmark();
    await rig.settle('web-1');
    rig.time += DAY;
    await agent.bookmark();
    await rig.settle('web-1');
    expect(await unused()).toMatchObject({ idle: 0 });
    agent.health = { state: 'up', reason: '' };
    agent.streamId = 'after the engine’s restart';
    await agent.bookmark();
    await rig.settle('web-1');
    expect(await unused()).toMatchObject({ idle: DAY });
  });

  it('is none in a session, however seldom the agent tells of something', async () => {
    rig.time += DAY;
    await agent.put(network('new'));
    await rig.settle('web-1');
    expect(await unused()).toMatchObject({ idle: 0, new: DAY });
  });

  it('is known of an agent that began anew long before the controller did', async () => {
    agent.streamId = 'after a restart';
    await comeBack(1_000);
    rig = await rig.restart(DAY);
    await rig.attach(agent);
    expect(await unused()).toMatchObject({ idle: 0 });
  });
});
