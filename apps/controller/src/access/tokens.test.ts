import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiTokenView, type NewApiTokenView } from '@fairlead/api';
import { HostScope } from './host-scope.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { ADMIN_TOKEN_FILE, ensureAdminToken } from './admin-token.js';
import { type Principal } from './principal.js';

const MAKER: Principal = {
  id: 'x',
  kind: 'token',
  by: 'header',
  name: 'maker',
  role: 'admin',
  hosts: '',
  scope: HostScope.all,
  expiresAt: null,
};

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

const tokens = () => rig.runtime.access.tokens;
const make = (wish: object = {}, maker = MAKER): Promise<NewApiTokenView> =>
  tokens().create({ name: 'deploy', role: 'operator', hosts: '', ...wish }, maker, ACTOR);
const identify = (text: string) => rig.runtime.access.authenticator.identify(`Bearer ${text}`, undefined);
const isLetIn = async (text: string) => (await identify(text)).kind === 'principal';
const whyNot = async (text: string) => {
  const identification = await identify(text);
  return identification.kind === 'refused' ? identification.error.message : identification.kind;
};
const row = (name: string) => rig.database.prisma.apiToken.findUniqueOrThrow({ where: { name } });
const audited = async (action: string) =>
  (await rig.database.prisma.auditEntry.findMany({ where: { action }, orderBy: { seq: 'asc' } })).map(
    ({ actor, target, outcome }) => ({ actor, name: (target as { token?: { name: string } }).token?.name, outcome }),
  );

describe('an API token', () => {
  it('is shown once, and only its digest is kept', async () => {
    const { token, ...view } = await make({ hosts: 'env=prod', expiresIn: '90d' });
    expect(token).toMatch(/^flt1\.[a-z2-7]{10}\.[A-Za-z0-9_-]{43}$/);
    expect(view).toMatchObject({
      name: 'deploy',
      role: 'operator',
      hosts: 'env=prod',
      state: 'active',
      lastUsedAt: null,
    });
    expect((await tokens().list()).items).toEqual([view]);
    const stored = JSON.stringify(
      [await row('deploy'), await rig.database.prisma.auditEntry.findMany()],
      (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value),
    );
    expect(stored).not.toContain(token.split('.')[2]);
    expect(await audited('token.create')).toEqual([{ actor: ACTOR.name, name: 'deploy', outcome: 'done' }]);
  });

  it('stands for its role and its hosts', async () => {
    const { token } = await make({ hosts: 'env=prod' });
    expect(await identify(token)).toMatchObject({
      kind: 'principal',
      principal: { name: 'deploy', kind: 'token', role: 'operator', hosts: 'env=prod' },
    });
  });

  it('is let in until the moment it expires', async () => {
    const { token } = await make({ expiresIn: '1h' });
    rig.time += 3_599_999;
    expect(await isLetIn(token)).toBe(true);
    rig.time += 1;
    expect(await whyNot(token)).toBe("The token 'deploy' has expired");
    expect((await tokens().list()).items[0]!.state).toBe('expired');
  });

  it('is refused from the moment it is revoked, by name or by id', async () => {
    const [one, two] = [await make(), await make({ name: 'other' })];
    await tokens().revoke('deploy', ACTOR);
    await tokens().revoke(two.id, ACTOR);
    expect(await whyNot(one.token)).toBe("The token 'deploy' is revoked");
    expect(await isLetIn(two.token)).toBe(false);
    await tokens().revoke('deploy', ACTOR);
    expect(await audited('token.revoke')).toHaveLength(2);
    await expect(tokens().revoke('nobody', ACTOR)).rejects.toMatchObject({ code: 'token_not_found' });
  });

  it('does not tell an unknown id from a wrong secret, nor a right secret from a revoked token', async () => {
    const { token } = await make();
    const [form, id, secret] = token.split('.');
    const wrong = `${form}.${id}.${'A'.repeat(43)}`;
    const words = 'The credentials are not those of any token or session';
    expect(await whyNot(wrong)).toBe(words);
    expect(await whyNot(`${form}.aaaaaaaaaa.${secret}`)).toBe(words);
    await tokens().revoke('deploy', ACTOR);
    expect(await whyNot(wrong)).toBe(words);
  });

  it('has a name that no token had before, whatever became of that one', async () => {
    await make();
    await tokens().revoke('deploy', ACTOR);
    await expect(make()).rejects.toMatchObject({
      code: 'already_exists',
      hint: expect.stringContaining('not used twice'),
    });
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => make({ name: 'race' })));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const name of ['anonymous', 'controller', 'local']) {
      await expect(make({ name })).rejects.toMatchObject({ code: 'invalid_argument' });
    }
  });

  it('may no more than the one who made it', async () => {
    const operator: Principal = { ...MAKER, role: 'operator' };
    await expect(make({ role: 'admin' }, operator)).rejects.toMatchObject({ code: 'forbidden' });
    const bounded: Principal = { ...MAKER, scope: HostScope.of([{ key: 'a', operator: 'exists' }]) };
    await expect(make({ role: 'viewer' }, bounded)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('notes its use once a minute at most', async () => {
    const { token } = await make();
    const usedAt = async () => Number((await row('deploy')).lastUsedAt);
    const first = rig.time;
    await isLetIn(token);
    await until('it is noted', async () => (await usedAt()) === first);
    rig.time += 59_999;
    await isLetIn(token);
    await until('the write would be done', async () => (await rig.database.ping(), true));
    expect(await usedAt()).toBe(first);
    rig.time += 1;
    await isLetIn(token);
    await until('it is noted again', async () => (await usedAt()) === rig.time);
  });
});

describe('the last token of an admin of all hosts', () => {
  it('stays, and how to get rid of it is said', async () => {
    await make({ name: 'root', role: 'admin' });
    await make({ name: 'bounded', role: 'admin', hosts: 'team=a' });
    await make({ name: 'brief', role: 'admin', expiresIn: '1h' });
    rig.time += 3_600_000;
    await expect(tokens().revoke('root', ACTOR)).rejects.toMatchObject({
      code: 'forbidden',
      hint: expect.stringContaining('--role admin'),
    });
    await make({ name: 'next', role: 'admin' });
    await tokens().revoke('root', ACTOR);
    await expect(tokens().revoke('next', ACTOR)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is one of two that are revoked at once', async () => {
    for (const name of ['one', 'two']) await make({ name, role: 'admin' });
    const both = await Promise.allSettled([tokens().revoke('one', ACTOR), tokens().revoke('two', ACTOR)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('a first start', () => {
  const logged: string[] = [];
  const log = (message: string, details?: object) => void logged.push(message + JSON.stringify(details));
  const file = () => join(rig.folder, ADMIN_TOKEN_FILE);
  const text = () => readFileSync(file(), 'utf8').trim();
  const start = (reset = false) => ensureAdminToken(rig.folder, tokens(), reset, log);
  const states = async () => (await tokens().list()).items.map(({ name, state }: ApiTokenView) => `${name} ${state}`);

  it("leaves the admin's token to whoever may read the data folder, and tells nobody else", async () => {
    expect(await start()).toBe(file());
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(await identify(text())).toMatchObject({ principal: { name: 'admin', role: 'admin', hosts: '' } });
    expect(logged.join()).not.toContain(text().split('.')[2]);
    const before = text();
    expect(await start()).toBeUndefined();
    expect(await start(true)).toBeUndefined();
    expect(text()).toBe(before);
  });

  it('makes no second one where the file is gone, unless it is told to: then the lost one counts no more', async () => {
    await start();
    const lost = text();
    await make({ name: 'other', role: 'admin' });
    rmSync(file());
    expect(await start()).toBeUndefined();
    expect(existsSync(file())).toBe(false);
    let steps = 0;
    rig.runtime.audit.onAppend(() => (steps += 1));
    await start(true);
    // A controller that is killed in between would leave the lost one in force.
    expect(steps).toBe(1);
    expect([await isLetIn(lost), await isLetIn(text())]).toEqual([false, true]);
    expect(await states()).toEqual(['admin revoked', 'admin-2 active', 'other active']);
    expect(await audited('token.create')).toContainEqual({ actor: 'controller', name: 'admin-2', outcome: 'done' });
    expect(await audited('token.revoke')).toContainEqual({ actor: 'controller', name: 'admin', outcome: 'done' });
  });

  it('writes the file anew where a start before was cut off', async () => {
    writeFileSync(file(), 'of a start that was cut off', { mode: 0o644 });
    writeFileSync(`${file()}.new`, 'half', { mode: 0o644 });
    await start();
    expect([await isLetIn(text()), statSync(file()).mode & 0o777, existsSync(`${file()}.new`)]).toEqual([
      true,
      0o600,
      false,
    ]);
  });
});
