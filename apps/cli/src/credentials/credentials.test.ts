import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { temporaryFolders } from '../../test/folders.js';
import { fairlead } from '../../test/run.js';
import { loginsOf } from './credentials.js';
import { listensOn } from './processes.js';
import { runningControllers } from './admin-token.js';

const folder = temporaryFolders();
const noHosts = { listHosts: () => ({ items: [], total: 0, nextCursor: null }) };

/** A user with folders of their own, and what a command of theirs sends. */
function aUser(env: Readonly<Record<string, string>> = {}) {
  const home = folder();
  const own = { XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state'), ...env };
  const data = join(home, 'state/fairlead');
  const file = (path: string, text: string, mode = 0o600): string => {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), text, { mode });
    return join(home, path);
  };
  const run = (api: string) => fairlead(['host', 'ls', '--api', api], noHosts, { env: own });
  const sent = async (api: string): Promise<string | null | undefined> =>
    (await run(api)).controller.asked[0]?.headers.get('authorization');
  const login = (url: string, token: string): void => loginsOf(own).keep(url, { token, name: 'me', kind: 'token' });
  return { env: own, data, file, run, sent, login };
}

const ONE = 'https://one.example';

describe('what is sent', () => {
  it('is nothing where there is nothing', async () => {
    expect(await aUser().sent(ONE)).toBeNull();
  });

  it('is the token of the environment before its file before the login', async () => {
    const user = aUser();
    const path = user.file('deploy.token', 'flt1.file\n', 0o444);
    user.login(ONE, 'flt1.login');
    expect(await user.sent(ONE)).toBe('Bearer flt1.login');
    const withFile = { ...user.env, FAIRLEAD_TOKEN_FILE: path };
    const asked = async (env: Record<string, string>) =>
      (await fairlead(['host', 'ls', '--api', ONE], noHosts, { env })).controller.asked[0]?.headers.get(
        'authorization',
      );
    expect(await asked(withFile)).toBe('Bearer flt1.file');
    expect(await asked({ ...withFile, FAIRLEAD_TOKEN: 'flt1.variable' })).toBe('Bearer flt1.variable');
    expect(await asked({ ...withFile, FAIRLEAD_TOKEN: '' })).toBe('Bearer flt1.file');
  });

  it.each(['https://two.example', 'https://one.example:7800', 'https://one.example.two'])(
    'is no login of another address: %s',
    async (other) => {
      const user = aUser();
      user.login(ONE, 'flt1.login');
      expect(await user.sent(other)).toBeNull();
    },
  );

  it('is nothing at all where the logins can be read by others, which is said', async () => {
    const user = aUser();
    user.login(ONE, 'flt1.login');
    chmodSync(join(user.env.XDG_CONFIG_HOME, 'fairlead/credentials.json'), 0o644);
    const { controller, err, exitCode } = await user.run(ONE);
    expect(controller.asked).toEqual([]);
    expect(err).toContain('chmod 600');
    expect(exitCode).toBe(4);
  });

  it('is nothing where a file that was named is not there, or holds no token', async () => {
    for (const text of [undefined, 'two words']) {
      const user = aUser();
      const path = text === undefined ? '/nonexistent/token' : user.file('x', text);
      const { controller, err } = await fairlead('host ls', noHosts, { env: { FAIRLEAD_TOKEN_FILE: path } });
      expect(controller.asked).toEqual([]);
      expect(err).toContain(path);
      expect(err).not.toContain('two words');
    }
  });

  it('is no token without TLS beyond this machine', async () => {
    const { controller, err, exitCode } = await fairlead('host ls --api http://one.example:7800', noHosts, {
      env: { FAIRLEAD_TOKEN: 'flt1.secret' },
    });
    expect(controller.asked).toEqual([]);
    expect(err).toContain('https://');
    expect(err).not.toContain('flt1');
    expect(exitCode).toBe(4);
  });
});

describe('the admin’s token of a controller on this machine', () => {
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.close();
  });
  const here = () => `http://127.0.0.1:${port}`;

  /** A data folder of a controller whose process is this one, which listens at `here`. */
  const serveFrom = (user: ReturnType<typeof aUser>, path: string, pid = process.pid): void => {
    user.file(`${path}/admin.token`, 'flt1.admin\n');
    user.file(`${path}/lock.pid`, `${pid}\n`);
  };

  it.each(['state/fairlead', 'state/fairlead/demo'])('is found in the usual folder %s', async (path) => {
    const user = aUser();
    serveFrom(user, path);
    expect(await user.sent(here())).toBe('Bearer flt1.admin');
    expect(await user.sent(`http://localhost:${port}`)).toBe('Bearer flt1.admin');
  });

  it('is found where `up` has noted it, whatever port and folder', async () => {
    const user = aUser();
    const tokenFile = user.file('elsewhere/admin.token', 'flt1.noted\n');
    runningControllers(user.env).add({ url: 'http://127.0.0.1:7999', tokenFile, pid: process.pid });
    expect(await user.sent('http://127.0.0.1:7999')).toBe('Bearer flt1.noted');
    expect(await user.sent('http://127.0.0.1:7998')).toBeNull();
    expect(await user.sent('https://one.example')).toBeNull();
  });

  it('comes after a login', async () => {
    const user = aUser();
    serveFrom(user, 'state/fairlead');
    user.login(here(), 'flt1.login');
    expect(await user.sent(here())).toBe('Bearer flt1.login');
  });

  it('is sent to no other port, where something else may listen', async () => {
    const user = aUser();
    serveFrom(user, 'state/fairlead');
    expect(listensOn(process.pid, port)).toBe(true);
    expect(await user.sent(`http://127.0.0.1:${port + 1}`)).toBeNull();
  });

  it('is not sent once its controller is gone', async () => {
    const user = aUser();
    const gone = 2 ** 22 + 1;
    serveFrom(user, 'state/fairlead', gone);
    expect(await user.sent(here())).toBeNull();
    const none = aUser();
    none.file('state/fairlead/admin.token', 'flt1.admin\n');
    expect(await none.sent(here())).toBeNull();
  });

  it('is never sent beyond this machine', async () => {
    const user = aUser();
    serveFrom(user, 'state/fairlead');
    expect(await user.sent(`https://one.example:${port}`)).toBeNull();
    expect(await user.sent(`https://127.0.0.1.example:${port}`)).toBeNull();
  });

  it('is refused where others may read it', async () => {
    const user = aUser();
    serveFrom(user, 'state/fairlead');
    chmodSync(join(user.data, 'admin.token'), 0o640);
    const { err, controller } = await user.run(here());
    expect(controller.asked).toEqual([]);
    expect(err).toContain('chmod 600');
  });
});

describe('a refusal for want of credentials', () => {
  const refusing = {
    listHosts: () => {
      throw new FairleadError('unauthenticated', 'The token is not known', { hint: 'Of the controller.' });
    },
  };

  it('says how to sign in, and exits with 4', async () => {
    const { err, exitCode } = await fairlead(['host', 'ls', '--api', ONE], refusing);
    expect(err).toBe(
      `error: ${ONE} asks who you are, and there is no login for it\n` +
        `Sign in with 'fairlead login ${ONE}', or set FAIRLEAD_TOKEN or FAIRLEAD_TOKEN_FILE.\n`,
    );
    expect(exitCode).toBe(4);
  });

  it('says where the token of a controller of this machine is', async () => {
    const { err } = await fairlead('host ls', refusing);
    expect(err).toContain("'fairlead login --token-file FOLDER/admin.token'");
  });

  it('says which token it was, never the token', async () => {
    const { err } = await fairlead('host ls', refusing, { env: { FAIRLEAD_TOKEN: 'flt1.secret' } });
    expect(err).toContain('The token of FAIRLEAD_TOKEN is not accepted: The token is not known');
    expect(err).not.toContain('flt1.secret');
    const user = aUser();
    user.login(ONE, 'flt1.login');
    const second = await fairlead(['host', 'ls', '--api', ONE], refusing, { env: user.env });
    expect(second.err).toContain(`The login as me that is kept for ${ONE} is not accepted`);
    expect(second.err).not.toContain('flt1.login');
  });

  it('says that nothing was sent where a token came to hand only afterwards', async () => {
    const user = aUser();
    const tokenFile = user.file('elsewhere/admin.token', 'flt1.noted\n');
    const listHosts = () => {
      runningControllers(user.env).add({ url: 'http://127.0.0.1:7999', tokenFile, pid: process.pid });
      return refusing.listHosts();
    };
    const line = ['host', 'ls', '--api', 'http://127.0.0.1:7999'];
    const { err } = await fairlead(line, { listHosts }, { env: user.env });
    expect(err).toContain('asks who you are, and there is no login for it');
  });

  it('does not name the place of a token that has changed since', async () => {
    const user = aUser();
    user.login(ONE, 'flt1.old');
    const listHosts = () => {
      user.login(ONE, 'flt1.new');
      return refusing.listHosts();
    };
    const { err } = await fairlead(['host', 'ls', '--api', ONE], { listHosts }, { env: user.env });
    expect(err).toContain('error: The token that was sent is not accepted: The token is not known');
  });

  it('is a problem where JSON was asked for', async () => {
    const { err } = await fairlead(['host', 'ls', '--api', ONE, '-o', 'json'], refusing);
    expect(JSON.parse(err)).toMatchObject({ code: 'unauthenticated', hint: expect.stringContaining('fairlead login') });
  });
});

describe('a redirect', () => {
  it('is not followed, so that a token stays with the address it is for', async () => {
    const seen: string[] = [];
    const redirecting: typeof fetch = (url, init) => {
      seen.push(`${url as string} ${init?.redirect}`);
      return Promise.resolve(new Response(null, { status: 307, headers: { location: 'https://thief.example/' } }));
    };
    const { err, exitCode } = await fairlead(
      ['host', 'ls', '--api', ONE],
      {},
      {
        env: { FAIRLEAD_TOKEN: 'flt1.secret' },
        fetch: redirecting,
      },
    );
    expect(seen).toEqual([`${ONE}/api/v1/hosts?limit=500 manual`]);
    expect(err).toContain('https://thief.example/');
    expect(exitCode).toBe(1);
  });
});

it('the file of logins holds the address and nothing of the environment', async () => {
  const user = aUser();
  user.login(ONE, 'flt1.login');
  const text = readFileSync(join(user.env.XDG_CONFIG_HOME, 'fairlead/credentials.json'), 'utf8');
  expect(JSON.parse(text)).toEqual({ logins: { [ONE]: { token: 'flt1.login', name: 'me', kind: 'token' } } });
});
