import { mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ErrorCode, FairleadError, type JoinToken } from '@fairlead/domain';
import type { Enrolled } from '@fairlead/link';
import { AGENT_ID, type Authority, CLUSTER_ID, makeAuthority } from '../testing/authority.js';
import { ManualTiming, untilQuiet } from '../testing/manual-timing.js';
import { type MemoryLog, memoryLog } from '../testing/memory-log.js';
import { type EnrolmentParts, join, recover } from './enrolment.js';
import { IdentityStore } from './identity-store.js';

const TOKEN: JoinToken = { rootDigest: 'd'.repeat(43), id: 'abcdefghij', secret: 's'.repeat(43) };

let folder: string;
let authority: Authority;
let timing: ManualTiming;
let log: MemoryLog;
let stop: AbortController;
beforeAll(async () => {
  authority = await makeAuthority();
});
beforeEach(() => {
  folder = mkdtempSync(joinPath(tmpdir(), 'fairlead-enrolment-'));
  timing = new ManualTiming();
  log = memoryLog();
  stop = new AbortController();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const enrolled = async (key: string): Promise<Enrolled> => ({
  clusterId: CLUSTER_ID,
  agentId: AGENT_ID,
  hostName: 'web-1',
  certificateChain: await authority.issue({ key }),
  roots: authority.root,
});
const parts = async (more: Partial<EnrolmentParts> = {}): Promise<EnrolmentParts> => ({
  store: await IdentityStore.open({ folder }),
  folder,
  way: { address: 'ctl:7801', openSocket: () => Promise.resolve(new Socket()), anybodyCanCome: false },
  log,
  timing,
  now: () => 0,
  signal: stop.signal,
  ...more,
});
/** What goes before it writes to the disk, which takes rounds that nobody can count. */
async function untilItWaits(): Promise<void> {
  while (timing.pending === 0) await untilQuiet(1);
}
/** Lets time pass as long as it waits. */
async function toTheEnd(work: Promise<unknown>): Promise<void> {
  let over = false;
  const end = (): void => void (over = true);
  work.then(end, end);
  while (!over) await (timing.pending > 0 ? timing.advance(1_000) : untilQuiet(1));
  await work;
}
const failing = (code: ErrorCode) => Promise.reject(new FairleadError(code, `it was ${code}`));

describe('joining', () => {
  it('goes on with the same key while the controller cannot be reached or its answers are lost', async () => {
    const keys: string[] = [];
    const codes: ErrorCode[] = ['host_unavailable', 'outcome_unknown', 'overloaded'];
    const ask = ({ privateKey }: { privateKey: string }) => {
      keys.push(privateKey);
      const code = codes.shift();
      return code === undefined ? enrolled(privateKey) : failing(code);
    };
    const given = await parts({ join: ask });
    const work = join(given, TOKEN, 'web-1');
    await toTheEnd(work);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(given.store.identity).toMatchObject({ agentId: AGENT_ID, privateKey: keys[0] });
    expect(JSON.stringify(log.lines)).not.toContain(TOKEN.secret);
  });

  it('keeps its key over a restart in between', async () => {
    const first = await parts({ join: () => failing('token_refused') });
    await expect(join(first, TOKEN, 'web-1')).rejects.toMatchObject({ code: 'token_refused' });
    const key = first.store.pending[0];
    let asked: string | undefined;
    const second = await parts({ join: ({ privateKey }) => enrolled((asked = privateKey)) });
    await join(second, TOKEN, 'web-1');
    expect(asked).toBe(key);
  });

  it.each(['token_refused', 'identity_refused', 'invalid_argument', 'already_exists', 'unsupported'] as const)(
    'ends at once where trying again does not help: %s',
    async (code) => {
      await expect(join(await parts({ join: () => failing(code) }), TOKEN, 'web-1')).rejects.toMatchObject({ code });
      expect(timing.pending).toBe(0);
    },
  );

  it('lets no stranger who dials end it', async () => {
    const answers: (ErrorCode | undefined)[] = ['identity_refused', 'invalid_argument', undefined];
    const way = { address: ':7802', openSocket: () => Promise.resolve(new Socket()), anybodyCanCome: true };
    const ask = ({ privateKey }: { privateKey: string }) => {
      const code = answers.shift();
      return code === undefined ? enrolled(privateKey) : failing(code);
    };
    const given = await parts({ way, join: ask });
    const work = join(given, TOKEN, 'web-1');
    await toTheEnd(work);
    expect(given.store.identity).toBeDefined();
    const final = await parts({
      way,
      join: () => failing('token_refused'),
      store: await IdentityStore.open({ folder }),
    });
    await expect(join(final, TOKEN, 'web-1')).rejects.toMatchObject({ code: 'token_refused' });
  });

  it('ends when the agent is stopped, while it asks and while it waits', async () => {
    let begun = (): void => {};
    const asked = new Promise<void>((resolve) => (begun = resolve));
    const asking = join(await parts({ join: () => (begun(), new Promise(() => {})) }), TOKEN, 'web-1');
    await asked;
    stop.abort();
    await expect(asking).rejects.toMatchObject({ code: 'deadline_exceeded' });
    stop = new AbortController();
    const waiting = join(await parts({ join: () => failing('host_unavailable') }), TOKEN, 'web-1');
    await untilItWaits();
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(timing.pending).toBe(0);
  });
});

describe('recovering', () => {
  const joined = async (): Promise<IdentityStore> => {
    const store = await IdentityStore.open({ folder });
    await store.enrol(await enrolled(await store.pendingKey()));
    return store;
  };

  it('asks with the registered key, and has a new key and certificate afterwards', async () => {
    const store = await joined();
    const before = store.identity?.privateKey;
    const asked: { registeredKey: string; newKey: string }[] = [];
    await recover(await parts({ store, recover: (request) => (asked.push(request), enrolled(request.newKey)) }));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.registeredKey).toBe(before);
    expect(store.identity?.privateKey).toBe(asked[0]?.newKey);
    expect(before).not.toBe(asked[0]?.newKey);
    expect(store.pending).toEqual([]);
  });

  it.each([true, false])(
    'finds the key that the controller has, when the answer was lost: after it was registered: %s',
    async (registered) => {
      const store = await joined();
      let known = publicOf(store.identity?.privateKey ?? '');
      let losses = 2;
      const ask = async ({ registeredKey, newKey }: { registeredKey: string; newKey: string }) => {
        if (publicOf(registeredKey) !== known) return failing('identity_refused');
        if (registered || losses === 0) known = publicOf(newKey);
        if (losses-- > 0) return failing('outcome_unknown');
        return enrolled(newKey);
      };
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await expect(recover(await parts({ store, recover: ask }))).rejects.toMatchObject({ code: 'outcome_unknown' });
      }
      await recover(await parts({ store, recover: ask }));
      expect(publicOf(store.identity?.privateKey ?? '')).toBe(known);
    },
  );

  it.each([
    ['identity_refused', 'fairlead host join-token create'],
    ['host_quarantined', 'fairlead host resolve'],
  ] as const)('says what to do about %s, and does not ask again for a while', async (code, advice) => {
    const store = await joined();
    const work = recover(await parts({ store, recover: () => failing(code) }));
    let settled = false;
    void work.catch(() => (settled = true));
    await untilItWaits();
    expect(JSON.stringify(log.lines)).toContain(advice);
    await timing.advance(299_000);
    expect(settled).toBe(false);
    await timing.advance(1_000);
    await expect(work).rejects.toMatchObject({ code });
    expect((await IdentityStore.open({ folder })).identity).toEqual(store.identity);
  });
});

const publicOf = (key: string): string =>
  createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' }).toString();
