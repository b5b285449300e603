import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { DeviceLoginView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { Answers } from '../../../test/fake-controller.js';
import { temporaryFolders } from '../../../test/folders.js';
import { fairlead, NOW } from '../../../test/run.js';
import { aCaller } from '../../../test/views.js';
import { loginsOf } from '../../credentials/credentials.js';

const folder = temporaryFolders();
const ONE = 'https://one.example';
const aUser = () => {
  const env = { XDG_CONFIG_HOME: folder(), XDG_STATE_HOME: folder() };
  return { env, file: join(env.XDG_CONFIG_HOME, 'fairlead/credentials.json'), logins: loginsOf(env) };
};
const answers = {
  getLoginMethods: () => ({ oidc: null }),
  whoami: () => aCaller({ name: 'deploy', role: 'operator', hosts: 'env=prod' }),
} satisfies Answers;

describe('login', () => {
  it('asks for the token without showing it, checks it, and keeps it for this user alone', async () => {
    const { env, file, logins } = aUser();
    const { out, err, questions, controller, exitCode } = await fairlead(`login ${ONE}/`, answers, {
      env,
      reply: 'flt1.typed',
    });
    expect(questions).toEqual([`Token for ${ONE}: `]);
    expect(controller.of('getLoginMethods')[0]?.headers.get('authorization')).toBeNull();
    expect(controller.of('whoami')[0]?.headers.get('authorization')).toBe('Bearer flt1.typed');
    expect(out).toBe(`Signed in to ${ONE} as deploy (operator, hosts env=prod).\n`);
    expect(out + err).not.toContain('flt1.typed');
    expect(logins.of(ONE)).toEqual({ token: 'flt1.typed', name: 'deploy', kind: 'token' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(exitCode).toBe(0);
  });

  it('reads the token from standard input where nobody sits at a terminal', async () => {
    const { env, logins } = aUser();
    await fairlead(`login ${ONE}`, answers, { env, input: 'flt1.piped\n' });
    expect(logins.of(ONE)?.token).toBe('flt1.piped');
  });

  it('reads the token from a file, and asks nothing', async () => {
    const { env, logins } = aUser();
    const path = join(folder(), 'admin.token');
    writeFileSync(path, 'flt1.file\n');
    const { questions, controller } = await fairlead(
      `login --token-file ${path}`,
      { whoami: answers.whoami },
      { env, reply: 'x' },
    );
    expect(questions).toEqual([]);
    expect(controller.asked).toHaveLength(1);
    expect(logins.of('http://127.0.0.1:7800')?.token).toBe('flt1.file');
  });

  it('sends the token that is given, not one from the environment, and says which of them counts', async () => {
    const { env, logins } = aUser();
    const given = { env: { ...env, FAIRLEAD_TOKEN: 'flt1.variable' }, input: 'flt1.piped' };
    const { err, controller } = await fairlead(`login ${ONE}`, answers, given);
    expect(controller.of('whoami')[0]?.headers.get('authorization')).toBe('Bearer flt1.piped');
    expect(logins.of(ONE)?.token).toBe('flt1.piped');
    expect(err).toContain('FAIRLEAD_TOKEN is set');
  });

  it.each([
    [{ input: '' }, 2, 'Standard input is empty'],
    [{ reply: '' }, 2, 'The answer is empty'],
    [{ input: 'not a token' }, 2, 'Standard input'],
  ])('keeps nothing where there is no token: %j', async (given, code, message) => {
    const { env, logins } = aUser();
    const { exitCode, err } = await fairlead(`login ${ONE}`, answers, { env, ...given });
    expect(exitCode).toBe(code);
    expect(err).toContain(message);
    expect(logins.of(ONE)).toBeUndefined();
  });

  it('keeps nothing that the controller does not accept', async () => {
    const { env, logins } = aUser();
    const refusing = {
      ...answers,
      whoami: () => {
        throw new FairleadError('unauthenticated', 'The token has expired');
      },
    };
    const { exitCode, err } = await fairlead(`login ${ONE}`, refusing, { env, input: 'flt1.old' });
    expect(exitCode).toBe(4);
    expect(err).toContain('does not accept this token: The token has expired');
    expect(err).not.toContain('flt1.old');
    expect(logins.of(ONE)).toBeUndefined();
  });

  it('sends no token without TLS beyond this machine', async () => {
    const { env } = aUser();
    const { exitCode, controller } = await fairlead('login http://one.example', answers, { env, input: 'flt1.a' });
    expect(exitCode).toBe(4);
    expect(controller.asked).toEqual([]);
  });

  it.each([
    'login https://a.example --api https://b.example',
    'login --device --token-file x',
    'login https://name:flt1.argument@a.example',
    'login --token flt1.argument',
    'login --token=flt1.argument',
    'login flt1.argument',
    'login flt1.argument -o json',
  ])('refuses %s', async (line) => {
    const { exitCode, controller, err } = await fairlead(line, answers);
    expect(exitCode).toBe(2);
    expect(controller.asked).toEqual([]);
    expect(err).not.toContain('argument@');
    expect(err).not.toContain('flt1.argument');
  });
});

describe('login --device', () => {
  const begun: DeviceLoginView = {
    handle: 'secret-handle',
    userCode: 'WDJB-MJHT',
    verificationUri: 'https://id.example/device',
    verificationUriComplete: 'https://id.example/device?code=WDJB-MJHT',
    intervalMs: 5000,
    expiresAt: new Date(NOW + 600_000).toISOString(),
  };
  const caller = aCaller({ name: 'ada', kind: 'session', expiresAt: new Date(NOW + 43_200_000).toISOString() });
  const device = (...results: (string | null)[]) =>
    ({
      getLoginMethods: () => ({ oidc: { issuer: 'https://id.example' } }),
      beginDeviceLogin: () => begun,
      pollDeviceLogin: () => {
        const token = results.shift() ?? null;
        return { state: token === null ? 'pending' : 'done', token, session: null } as const;
      },
      whoami: () => caller,
    }) satisfies Answers;

  it('shows code and address, asks as often as it may, and keeps the session', async () => {
    const { env, logins } = aUser();
    const { out, err, slept, controller } = await fairlead(
      `login ${ONE} --device`,
      device(null, null, 'flt1.session'),
      {
        env,
      },
    );
    expect(err).toContain('Open https://id.example/device on any device, and enter the code WDJB-MJHT\n');
    expect(err).toContain('at most 10m');
    expect(slept).toEqual([5000, 5000, 5000]);
    expect(controller.of('pollDeviceLogin').map(({ body }) => body)).toEqual(
      Array.from({ length: 3 }, () => ({ handle: 'secret-handle' })),
    );
    expect(out).toBe(`Signed in to ${ONE} as ada (admin, all hosts), a session that expires in 11h 59m.\n`);
    expect(out + err).not.toMatch(/secret-handle|flt1/);
    expect(logins.of(ONE)).toEqual({ token: 'flt1.session', name: 'ada', kind: 'session' });
  });

  it('gives up when the time is over', async () => {
    const { env, logins } = aUser();
    let now = NOW;
    const around = { env, now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms)) };
    const { exitCode, err, controller } = await fairlead(`login ${ONE} --device`, device(), around);
    expect(exitCode).toBe(4);
    expect(err).toContain('not entered in time');
    expect(controller.of('pollDeviceLogin')).toHaveLength(120);
    expect(logins.of(ONE)).toBeUndefined();
  });

  it('ends at Ctrl-C', async () => {
    const { env } = aUser();
    const stop = new AbortController();
    const around = { env, interrupted: () => stop.signal, sleep: () => Promise.resolve(stop.abort()) };
    const { exitCode, controller } = await fairlead(`login ${ONE} --device`, device(), around);
    expect(exitCode).toBe(4);
    expect(controller.of('pollDeviceLogin')).toEqual([]);
  });

  it('says so where the controller knows no identity provider', async () => {
    const { exitCode, err } = await fairlead(`login ${ONE} --device`, answers, { env: aUser().env });
    expect(exitCode).toBe(1);
    expect(err).toContain('no identity provider');
  });

  it('is offered where a token is asked for', async () => {
    const { err } = await fairlead(`login ${ONE}`, device(), { env: aUser().env, reply: 'flt1.typed' });
    expect(err).toContain('With --device you sign in by https://id.example instead.');
  });
});

describe('logout', () => {
  it('ends a session with its own token, and forgets it', async () => {
    const { env, logins } = aUser();
    logins.keep(ONE, { token: 'flt1.session', name: 'ada', kind: 'session' });
    logins.keep('https://two.example', { token: 'flt1.b', name: 'b', kind: 'token' });
    const given = { env: { ...env, FAIRLEAD_TOKEN: 'flt1.variable' } };
    const { controller, err, exitCode } = await fairlead(`logout ${ONE}`, { logout: () => undefined }, given);
    expect(controller.asked.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer flt1.session']);
    expect(err).toBe(`The login for ${ONE} as ada is forgotten.\n`);
    expect(exitCode).toBe(0);
    expect([logins.of(ONE), logins.of('https://two.example')?.name]).toEqual([undefined, 'b']);
  });

  it('only forgets an API token, which goes on elsewhere', async () => {
    const { env, logins, file } = aUser();
    logins.keep(ONE, { token: 'flt1.token', name: 'deploy', kind: 'token' });
    const { controller } = await fairlead(`logout --api ${ONE}`, {}, { env });
    expect(controller.asked).toEqual([]);
    expect(readFileSync(file, 'utf8')).not.toContain('flt1');
  });

  it('forgets also where the controller does not answer, and says that the session goes on', async () => {
    const { env, logins } = aUser();
    logins.keep(ONE, { token: 'flt1.session', name: 'ada', kind: 'session' });
    const down = () => Promise.reject(new Error('down'));
    const { err, exitCode } = await fairlead(`logout ${ONE}`, {}, { env, fetch: down });
    expect(err).toContain('goes on until it expires');
    expect(exitCode).toBe(0);
    expect(logins.of(ONE)).toBeUndefined();
  });

  it('has nothing to do where there is no login', async () => {
    const { err, exitCode } = await fairlead(`logout ${ONE}`, {}, { env: aUser().env });
    expect(err).toBe(`There is no login for ${ONE}.\n`);
    expect(exitCode).toBe(0);
  });
});

describe('whoami', () => {
  it('says who one is and what one may do', async () => {
    const inThreeDays = new Date(NOW + 3 * 86_400_000).toISOString();
    const view = aCaller({ name: 'deploy', role: 'operator', hosts: 'env=prod', expiresAt: inThreeDays });
    const { out } = await fairlead('whoami', { whoami: () => view });
    expect(out).toBe('deploy (operator, hosts env=prod), a token that expires in 3d\n');
    expect((await fairlead('whoami -o name', { whoami: () => view })).out).toBe('deploy\n');
    expect(JSON.parse((await fairlead('whoami -o json', { whoami: () => view })).out)).toEqual(view);
  });
});
