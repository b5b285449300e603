import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createKey, createNonce, createSigningRequest, verifySigningRequest } from '@fairlead/link';
import { temporaryFolder } from '../testing/rig.js';
import { CaFolder } from './ca-folder.js';
import { CertificateAuthority } from './certificate-authority.js';

const NOW = Date.parse('2026-11-24T09:30:00Z');

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  jest.restoreAllMocks();
  folder.remove();
});

const openCa = (path: string): Promise<CertificateAuthority> => CertificateAuthority.open(path, () => NOW);

const CRASH = new Error('the machine lost its power');

/**
 * The power goes at the n-th change of the folder: that one is not done, or, where it is a write, leaves half a draft;
 * and none after it is done either.
 * @returns how many changes were asked for
 */
function crashAt(n: number, half: boolean): { readonly asked: () => number } {
  let asked = 0;
  const { write, rename, remove } = CaFolder.prototype;
  const dead = (): boolean => ++asked >= n;
  // `write` renames within itself: that is a step of its own.
  jest.spyOn(CaFolder.prototype, 'write').mockImplementation(function (this: CaFolder, name, text) {
    if (!dead()) return write.call(this, name, text);
    if (half && asked === n) writeFileSync(this.pathOf(`${name}.new`), text.slice(0, text.length / 2));
    return Promise.reject(CRASH);
  });
  jest.spyOn(CaFolder.prototype, 'rename').mockImplementation(function (this: CaFolder, from, to) {
    return dead() ? Promise.reject(CRASH) : rename.call(this, from, to);
  });
  jest.spyOn(CaFolder.prototype, 'remove').mockImplementation(function (this: CaFolder, name) {
    return dead() ? Promise.reject(CRASH) : remove.call(this, name);
  });
  return { asked: () => asked };
}

/** Does the step again and again, each time with the power going one change later, until it is done. */
async function atEachCrash(
  before: string,
  step: (path: string) => Promise<unknown>,
  after: (path: string, crash: string) => Promise<void>,
): Promise<number> {
  for (let n = 1; ; n++) {
    let done = false;
    for (const half of [false, true]) {
      const path = join(folder.path, `crash-${n}-${half}`);
      cpSync(before, path, { recursive: true });
      chmodSync(path, 0o700); // from Node 24 on the copy of a folder has the usual mode
      crashAt(n, half);
      done = await step(path).then(
        () => true,
        (error: unknown) => {
          if (String(error).includes(CRASH.message)) return false;
          throw error;
        },
      );
      jest.restoreAllMocks();
      await after(path, `crash at change ${n}`);
    }
    if (done) return n - 1;
  }
}

/** The authority issues, a rotation can be finished, and after it nothing is left over of the crash. */
async function expectUsable(path: string, clusterId: string | undefined): Promise<void> {
  const ca = await openCa(path);
  if (clusterId !== undefined) expect(ca.clusterId).toBe(clusterId);
  const nonce = createNonce();
  const publicKey = verifySigningRequest(
    createSigningRequest(createKey(), nonce, 'renew') as Parameters<typeof verifySigningRequest>[0],
    nonce,
    'renew',
  );
  const issue = async (): Promise<string> =>
    (await ca.issueAgent({ agentId: randomUUID(), publicKey, listening: false })).rootDigest;
  expect(await issue()).toBe(ca.active.digest);
  if (ca.previous !== undefined) await ca.retire();
  const prepared = ca.prepared ?? (await ca.prepare());
  await ca.activate();
  expect(await issue()).toBe(prepared.digest);
  await ca.retire();
  expect(readdirSync(path).sort()).toEqual(['ca.json', `root-${prepared.digest.slice(0, 16)}.key`]);
}

describe('a crash between any two changes of the folder', () => {
  it('while the cluster is made leaves a folder that opens', async () => {
    const before = join(folder.path, 'empty');
    mkdirSync(before, { mode: 0o700 });
    const changes = await atEachCrash(before, openCa, (path) => expectUsable(path, undefined));
    expect(changes).toBeGreaterThanOrEqual(5);
  });

  it.each(['prepare', 'activate', 'retire'] as const)('during %s leaves all of it or nothing', async (step) => {
    const before = join(folder.path, 'before');
    const ca = await openCa(before);
    if (step !== 'prepare') await ca.prepare();
    if (step === 'retire') await ca.activate();
    const { clusterId } = ca;
    const states = (of: CertificateAuthority): string =>
      of
        .roots()
        .map(({ state }) => state)
        .join();
    const was = states(ca);
    const seen = new Set<string>();
    const changes = await atEachCrash(
      before,
      async (path) => (await openCa(path))[step](),
      async (path) => {
        const again = await openCa(path);
        seen.add(states(again));
        await expectUsable(path, clusterId);
      },
    );
    const becomes = { prepare: 'active,prepared', activate: 'trusted,active', retire: 'active' }[step];
    expect(seen).toEqual(new Set([was, becomes]));
    expect(changes).toBeGreaterThanOrEqual(step === 'activate' ? 2 : 3);
  });

  it('that the process outlives leaves the object as the folder is', async () => {
    for (const step of ['prepare', 'activate', 'retire'] as const) {
      for (let n = 1; n <= 6; n++) {
        const path = join(folder.path, `${step}-${n}`);
        const ca = await openCa(path);
        if (step !== 'prepare') await ca.prepare();
        if (step === 'retire') await ca.activate();
        crashAt(n, true);
        await ca[step]().catch(() => undefined);
        jest.restoreAllMocks();
        expect((await openCa(path)).roots()).toEqual(ca.roots());
        if (ca.prepared !== undefined) await ca.activate();
        await ca.issueController();
      }
    }
  });
});

it('prepares another root where the key of the prepared one is lost', async () => {
  const path = join(folder.path, 'keys');
  const ca = await openCa(path);
  const lost = await ca.prepare();
  writeFileSync(join(path, `root-${lost.digest.slice(0, 16)}.key`), '');
  await expect((await openCa(path)).activate()).rejects.toMatchObject({
    hint: expect.stringContaining('fairlead ca prepare'),
  });
  const again = await openCa(path);
  const prepared = await again.prepare();
  expect(again.roots().map(({ digest }) => digest)).toEqual([ca.active.digest, prepared.digest]);
  await again.activate();
  expect(readdirSync(path)).not.toContain(`root-${lost.digest.slice(0, 16)}.key`);
});

it('takes one step at a time, in order', async () => {
  const ca = await openCa(join(folder.path, 'keys'));
  await expect(ca.activate()).rejects.toMatchObject({ code: 'not_found' });
  await expect(ca.retire()).rejects.toMatchObject({ code: 'not_found' });
  const outcomes = await Promise.allSettled([ca.prepare(), ca.prepare()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  await ca.activate();
  await expect(ca.prepare()).rejects.toMatchObject({ code: 'already_exists' });
  await ca.retire();
  expect(ca.roots()).toHaveLength(1);
});
