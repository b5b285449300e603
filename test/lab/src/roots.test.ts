import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cacheFolder, debianMirror, mirrorAmong, rootPath, unpackEngine } from './roots.js';
import { variantNames, variantOf } from './variants.js';

describe('unpacked engines', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairlead-roots-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('are kept where the user says, else in the cache of the user', () => {
    expect(cacheFolder({ LAB_ENGINE_CACHE: '/big/engines' })).toBe('/big/engines');
    expect(cacheFolder({ XDG_CACHE_HOME: '/home/me/cache' })).toBe('/home/me/cache/fairlead/engines');
    expect(cacheFolder({})).toMatch(/\/\.cache\/fairlead\/engines$/);
  });

  test('are used as they lie in the cache, without asking for a mirror', async () => {
    const root = rootPath(variantOf('podman'), folder);
    mkdirSync(root);
    const nowhere = 'http://127.0.0.1:1/debian';
    expect(await unpackEngine('podman', { cache: folder, mirror: nowhere })).toEqual({ kind: 'podman', root });
  });

  test('leave nothing in the cache where they cannot be had', async () => {
    writeFileSync(join(folder, 'not-a-mirror'), '');
    const mirror = `file:${join(folder, 'not-a-mirror')}`;
    const cache = join(folder, 'cache');
    await expect(unpackEngine('26.1', { cache, mirror })).rejects.toThrow(/apt-get|not here/);
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
  });

  test('have a folder for each, and another one when what they are made of changes', () => {
    const paths = variantNames.map((name) => rootPath(variantOf(name), folder));
    expect(new Set(paths).size).toBe(variantNames.length);
    const changed = { ...variantOf('28.5'), packages: ['docker.io'] };
    expect(rootPath(changed, folder)).not.toBe(rootPath(variantOf('28.5'), folder));
  });

  test('are only those that there are', () => {
    expect(() => variantOf('19.03')).toThrow("There is no engine '19.03' to try. There is 20.10, 26.1, 28.5, podman.");
  });
});

describe('the mirror', () => {
  test('is the one that was named', async () => {
    const mirror = 'https://mirror.example/debian';
    expect(await debianMirror({ LAB_DEBIAN_MIRROR: mirror })).toBe(mirror);
  });

  test("is Debian's main archive among those of this machine's apt", () => {
    const security = 'http://mirror.example/debian-security/';
    const others = ['https://packages.example/node', security];
    expect(mirrorAmong([...others, 'http://mirror.example/debian/'])).toBe('http://mirror.example/debian/');
    expect(mirrorAmong(others)).toBeUndefined();
  });
});
