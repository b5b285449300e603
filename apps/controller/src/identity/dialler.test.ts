import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError, parseCidr } from '@fairlead/domain';
import { connectInProcess, type HostConnection } from '@fairlead/link';
import { until } from '../testing/rig.js';
import { Gate, ScriptedAgent } from '../testing/scripted-agent.js';
import { Dialler, type DiallerParts } from './dialler.js';
import { type IdentityListener } from './identities.store.js';
import { pendingIdentity, type StoredIdentity } from './identity.js';

let rows: Map<string, StoredIdentity>;
let listener: IdentityListener;
let dialled: string[];
let pauses: number[];
let logged: object[];
let dialler: Dialler;

const NOW = 1_000;
const LOCAL = [parseCidr('127.0.0.0/8')];

beforeEach(() => {
  rows = new Map();
  [dialled, pauses, logged] = [[], [], []];
});

const servers: Server[] = [];
afterEach(async () => {
  await dialler.stop();
  for (const server of servers.splice(0)) server.close();
});

const anIdentity = (overrides: Partial<StoredIdentity> = {}): StoredIdentity => ({
  ...pendingIdentity({ id: 'agent-1', hostName: 'web-1', labels: {}, joinTokenId: null, createdAt: 0 }),
  address: '127.0.0.1:9',
  state: 'active',
  confirmed: true,
  notAfter: NOW + 1,
  ...overrides,
});

function put(identity: StoredIdentity): void {
  rows.set(identity.id, identity);
  listener(identity);
}

/** @param rounds pauses after which the next one never ends */
function begin(parts: Partial<DiallerParts> = {}, rounds = 12): void {
  dialler = new Dialler({
    identities: { all: () => [...rows.values()], find: (id) => rows.get(id), listen: (each) => void (listener = each) },
    ranges: LOCAL,
    dial: async (address) => {
      dialled.push(address);
      throw new FairleadError('host_unavailable', 'nobody there');
    },
    accept: async () => undefined,
    attach: async () => undefined,
    log: (_, details = {}) => void logged.push(details),
    now: () => NOW,
    random: () => 1,
    sleep: async (ms, signal) => {
      pauses.push(ms);
      if (pauses.length < rounds) return;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    ...parts,
  });
  dialler.start();
}

describe('an agent that cannot be reached', () => {
  it('is dialled again after pauses that grow up to half a minute, and is complained of once', async () => {
    rows.set('agent-1', anIdentity());
    begin();
    await until('it has paused often', () => pauses.length === 12);
    expect(pauses.slice(0, 9)).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
    expect(pauses.at(-1)).toBe(30_000);
    expect(dialled).toHaveLength(12);
    expect(logged).toHaveLength(1);
  });

  it('is dialled at other times than the rest of the fleet', async () => {
    rows.set('agent-1', anIdentity());
    begin({ random: () => 0.25 }, 3);
    await until('it has paused', () => pauses.length === 3);
    expect(pauses).toEqual([50, 100, 200]);
  });

  it('has somebody waiting for it before it has joined: pauses stay short', async () => {
    rows.set('agent-1', anIdentity({ state: 'pending' }));
    begin();
    await until('it has paused often', () => pauses.length === 12);
    expect(Math.max(...pauses)).toBe(3000);
    expect(dialled).toEqual([]);
  });
});

describe('an agent that waits for a certificate', () => {
  const port = async (taken: () => void): Promise<string> => {
    const server = createServer((socket) => {
      taken();
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('since its own has expired is served as one that is to join, and never called', async () => {
    let offered = 0;
    const address = await port(() => (offered += 1));
    rows.set('agent-1', anIdentity({ address, notAfter: NOW }));
    begin({}, 4);
    await until('it was offered a way', () => offered === 4);
    expect(dialled).toEqual([]);
  });

  it('which may be lost with the newest one is called and served in turn', async () => {
    let offered = 0;
    const address = await port(() => (offered += 1));
    rows.set('agent-1', anIdentity({ address, confirmed: false }));
    begin({}, 4);
    await until('both ways were tried twice', () => offered === 2 && dialled.length === 2);
  });
});

describe('what is dialled', () => {
  it.each(['10.0.0.1:7802', '169.254.169.254:80', '[::ffff:169.254.169.254]:80'])(
    'is never an address outside the ranges of today, whatever was allowed when the host was added: %s',
    async (address) => {
      for (const state of ['active', 'pending'] as const) rows.set(state, anIdentity({ id: state, address, state }));
      begin({ ranges: address.startsWith('10.') ? LOCAL : ['0.0.0.0/0', '::/0'].map(parseCidr) }, 2);
      await until('both have paused', () => pauses.length >= 2);
      expect(dialled).toEqual([]);
      expect(logged).toContainEqual(expect.objectContaining({ code: 'forbidden' }));
    },
  );

  it.each(['revoked', 'deleted', 'quarantined'] as const)('is no host that is %s', async (state) => {
    rows.set('agent-1', anIdentity({ state }));
    begin();
    put(anIdentity({ id: 'agent-2', address: '127.0.0.2:9' }));
    await until('the other one is dialled', () => dialled.length > 0);
    expect(new Set(dialled)).toEqual(new Set(['127.0.0.2:9']));
  });

  it('is no host whose agent dials by itself', async () => {
    rows.set('agent-1', anIdentity({ address: null }));
    begin();
    put(anIdentity({ id: 'agent-2' }));
    await until('the other one is dialled', () => dialled.length > 0);
  });
});

describe('a connection', () => {
  let connection: HostConnection;
  beforeEach(() => {
    connection = undefined as never;
  });
  const dial = async (address: string): Promise<HostConnection> => {
    dialled.push(address);
    connection = await connectInProcess(new ScriptedAgent('web-1').handlers);
    return connection;
  };

  it('is closed when the host is no longer to be dialled, and made again when it is', async () => {
    rows.set('agent-1', anIdentity());
    const attached: HostConnection[] = [];
    begin({ dial, attach: async (each) => void attached.push(each) });
    await until('it is attached', () => attached.length === 1);
    put(anIdentity({ state: 'quarantined' }));
    await expect(attached[0]!.closed).resolves.toContain('no longer dialled');
    put(anIdentity());
    await until('it is attached again', () => attached.length === 2);
  });

  it('that is refused is closed', async () => {
    rows.set('agent-1', anIdentity());
    const refuse = async (): Promise<void> => {
      throw new FairleadError('overloaded', 'too often');
    };
    begin({ dial, attach: refuse }, 1);
    await until('it has paused', () => pauses.length === 1);
    await expect(connection.closed).resolves.toBe('too often');
  });

  it('that comes when the dialler has stopped is not attached, and not waited for', async () => {
    rows.set('agent-1', anIdentity());
    const [asked, gate] = [new Gate(), new Gate()];
    let attached = 0;
    const slow = async (address: string): Promise<HostConnection> => {
      asked.open();
      await gate.opened;
      return dial(address);
    };
    begin({ dial: slow, attach: async () => void attached++ });
    await asked.opened;
    await dialler.stop();
    gate.open();
    await until('it has come', () => dialled.length === 1 && connection !== undefined);
    await expect(connection.closed).resolves.toContain('no longer dialled');
    expect(attached).toBe(0);
  });
});

describe('a host that has not joined yet', () => {
  it('is handed the socket, and dialled as an agent as soon as it has joined', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    rows.set('agent-1', anIdentity({ state: 'pending', address }));
    const accept = async (): Promise<void> => put(anIdentity({ address }));
    begin({ accept }, 1);
    await until('it is dialled', () => dialled.length === 1);
    expect(dialled).toEqual([address]);
    expect(pauses).toHaveLength(1);
    server.close();
  });
});
