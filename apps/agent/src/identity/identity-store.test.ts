import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from '@fairlead/link';
import { AGENT_ID, type Authority, CLUSTER_ID, makeAuthority } from '../testing/authority.js';
import { fileSteps, type WriteSteps } from './identity-file.js';
import { IdentityStore } from './identity-store.js';

let folder: string;
let authority: Authority;
let other: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
  other = await makeAuthority();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-identity-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'identity.json');
const open = (steps: WriteSteps = fileSteps) => IdentityStore.open({ folder, steps });
const enrolled = async (key: string, by = authority) => ({
  clusterId: CLUSTER_ID,
  agentId: AGENT_ID,
  hostName: 'web-1',
  certificateChain: await by.issue({ key }),
  roots: by.root,
});
async function joined(): Promise<IdentityStore> {
  const store = await open();
  await store.enrol(await enrolled(await store.pendingKey()));
  return store;
}

describe('the identity of a host', () => {
  it('is kept over a restart, for its owner alone', async () => {
    const { identity } = await joined();
    expect((await open()).identity).toEqual(identity);
    expect(identity).toMatchObject({ clusterId: CLUSTER_ID, agentId: AGENT_ID, hostName: 'web-1' });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect((await open()).pending).toEqual([]);
  });

  it.each([0o640, 0o604])('is not used when others can read it: %o', async (mode) => {
    await joined();
    chmodSync(path(), mode);
    await expect(open()).rejects.toMatchObject({ code: 'forbidden', hint: expect.stringContaining('chmod 600') });
  });

  it('is not read through a link', async () => {
    await joined();
    const elsewhere = mkdtempSync(join(tmpdir(), 'fairlead-identity-'));
    symlinkSync(path(), join(elsewhere, 'identity.json'));
    await expect(IdentityStore.open({ folder: elsewhere })).rejects.toMatchObject({ code: 'forbidden' });
    rmSync(elsewhere, { recursive: true });
  });

  it('is not made up anew when its file is damaged, and the error shows nothing of it', async () => {
    await joined();
    const text = readFileSync(path(), 'utf8');
    writeFileSync(path(), text.slice(0, -20), { mode: 0o600 });
    const error = await open().catch((thrown: unknown) => thrown as Error & { hint: string });
    expect(error).toMatchObject({ code: 'invalid_argument', message: `The identity ${path()} is damaged` });
    expect(JSON.stringify([(error as Error).message, (error as Error).cause])).not.toContain('PRIVATE');
  });

  it.each(['CERTIFICATE', 'PRIVATE KEY'])('is found damaged at the start where its %s cannot be read', async (part) => {
    await (await joined()).pendingKey();
    const text = readFileSync(path(), 'utf8');
    for (const at of [text.indexOf(`BEGIN ${part}`), text.lastIndexOf(`BEGIN ${part}`)]) {
      const begin = at + `BEGIN ${part}-----`.length + 2;
      writeFileSync(path(), `${text.slice(0, begin)}????${text.slice(begin + 4)}`, { mode: 0o600 });
      await expect(open()).rejects.toMatchObject({ message: `The identity ${path()} is damaged` });
    }
  });

  it('is taken only for a key of ours, under a root that came with it, and with the name it says', async () => {
    const store = await open();
    const key = await store.pendingKey();
    const good = await enrolled(key);
    const wrong = [
      { ...good, certificateChain: await authority.issue({ key: createKey() }) },
      { ...good, roots: other.root },
      { ...good, agentId: AGENT_ID.replace('a9e1', 'a9e2') },
      { ...good, certificateChain: await authority.issue({ key, name: `spiffe://${CLUSTER_ID}/controller` }) },
      { ...good, certificateChain: 'nothing' },
      { ...good, roots: good.certificateChain },
    ];
    for (const answer of wrong) await expect(store.enrol(answer)).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(store.identity).toBeUndefined();
    expect(store.pending).toEqual([key]);
  });
});

describe('a renewal', () => {
  it('asks with the same key until a certificate is installed, also after a restart', async () => {
    const store = await joined();
    const key = await store.pendingKey();
    expect(await store.pendingKey()).toBe(key);
    expect(await (await open()).pendingKey()).toBe(key);
    expect(store.identity?.privateKey).not.toBe(key);
  });

  it('puts key and certificate in the place of the old ones, and is no error twice', async () => {
    const store = await joined();
    const key = await store.pendingKey();
    const chain = await authority.issue({ key });
    const serial = await store.install(chain, authority.root);
    expect(serial).toMatch(/^[0-9a-f]+$/);
    expect(store.tls).toEqual({ certificateChain: chain, privateKey: key, roots: authority.root });
    const next = await store.pendingKey();
    expect(next).not.toBe(key);
    expect(await store.install(chain, authority.root)).toBe(serial);
    expect(store.pending).toEqual([next]);
    expect((await open()).identity).toEqual(store.identity);
  });

  it('refuses a certificate that is not this agent’s, and keeps the present one', async () => {
    const store = await joined();
    const before = store.identity;
    const key = await store.pendingKey();
    for (const chain of [
      await authority.issue({ key: createKey() }),
      await other.issue({ key }),
      await authority.issue({ key, name: `spiffe://${CLUSTER_ID}/agent/${CLUSTER_ID}` }),
    ])
      await expect(store.install(chain, '')).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(store.identity).toEqual(before);
  });

  it('may come under another root together with that root', async () => {
    const store = await joined();
    const roots = authority.root + other.root;
    await store.install(await other.issue({ key: await store.pendingKey() }), roots);
    expect(store.rootDigests()).toHaveLength(2);
    expect(await store.trust(other.root)).toHaveLength(1);
    expect((await open()).rootDigests()).toEqual(store.rootDigests());
  });
});

describe('the trusted roots', () => {
  it('are replaced, but never without the own root', async () => {
    const store = await joined();
    const [own] = store.rootDigests();
    expect(await store.trust(authority.root + other.root)).toEqual([own, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    await expect(store.trust(other.root)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('own certificate'),
    });
    await expect(store.trust('')).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(store.trust(store.identity?.certificateChain ?? '')).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    expect(store.rootDigests()).toHaveLength(2);
  });
});

describe('keys to recover with', () => {
  it('follow one another, are asked for again, and are never dropped', async () => {
    const store = await joined();
    const own = store.identity?.privateKey ?? '';
    const first = await store.successorOf(own);
    expect(await store.successorOf(own)).toBe(first);
    const second = await store.successorOf(first);
    const third = await store.successorOf(second);
    expect(new Set([own, first, second, third]).size).toBe(4);
    expect(await store.successorOf(third)).toBe(third);
    expect(store.pending).toEqual([third, second, first]);
    await store.enrol(await enrolled(second));
    expect(store.identity?.privateKey).toBe(second);
    expect(store.pending).toEqual([]);
  });
});

class Died extends Error {}

/** A process that dies before its n-th step on the disk, or in the middle of a write. */
function dying(steps: number, inTheMiddle: boolean): WriteSteps {
  let left = steps;
  const step = async (act: () => Promise<void>, half: () => void = () => {}): Promise<void> => {
    if (left <= 0) throw new Died();
    left -= 1;
    if (left > 0) return act();
    if (inTheMiddle) half();
    else await act();
    throw new Died();
  };
  return {
    write: (file, text) =>
      step(
        () => fileSteps.write(file, text),
        () => writeFileSync(file, text.slice(0, text.length / 2), { mode: 0o600 }),
      ),
    rename: (from, to) => step(() => fileSteps.rename(from, to)),
    sync: (name) => step(() => fileSteps.sync(name)),
  };
}

describe('a crash', () => {
  it.each([1, 2, 3].flatMap((steps) => [true, false].map((half) => [steps, half] as const)))(
    'at step %i of a renewal (torn: %s) leaves the old or the new certificate, each with its key',
    async (steps, half) => {
      const before = await joined();
      const key = await before.pendingKey();
      const chain = await authority.issue({ key });
      const store = await open(dying(steps, half));
      await expect(store.install(chain, '')).rejects.toMatchObject({ code: 'journal_failed' });
      const after = await open();
      expect([before.identity?.certificateChain, chain]).toContain(after.identity?.certificateChain);
      // Whichever it is, it goes with its key, and the renewal can be done again.
      await after.install(chain, '');
      expect(after.tls).toMatchObject({ privateKey: key, certificateChain: chain });
      expect(existsSync(`${path()}.new`)).toBe(false);
    },
  );

  it.each([1, 2, 3])('at step %i of making a key means that the key was sent nowhere, or is there', async (steps) => {
    await joined();
    const store = await open(dying(steps, true));
    await expect(store.pendingKey()).rejects.toMatchObject({ code: 'journal_failed' });
    // Nothing of a key that is not surely on the disk is given out.
    expect(store.pending).toEqual([]);
    expect((await open()).identity).toEqual(store.identity);
  });

  it.each([1, 2, 3])(
    'at step %i of joining leaves the key, so that the same token gets the same answer',
    async (steps) => {
      const key = await (await open()).pendingKey();
      const store = await open(dying(steps, true));
      await expect(store.enrol(await enrolled(key))).rejects.toMatchObject({ code: 'journal_failed' });
      const after = await open();
      if (after.identity === undefined) expect(await after.pendingKey()).toBe(key);
      else expect(after.identity.privateKey).toBe(key);
    },
  );
});
