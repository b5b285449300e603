import { describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { fairlead, NOW } from '../../../test/run.js';
import { aNewApiToken, anApiToken } from '../../../test/views.js';

describe('token create', () => {
  it('prints the token alone, and what it is on standard error', async () => {
    const made = aNewApiToken({ token: 'flt1.new', expiresAt: '2027-02-23T09:30:00.000Z' });
    const line = 'token create deploy --role operator --on env=prod --expires 90d';
    const { out, err, controller, exitCode } = await fairlead(line, { createApiToken: () => made });
    expect(out).toBe('flt1.new\n');
    expect(err).toContain('operator, hosts env=prod');
    expect(err).toContain('expires in 90d');
    expect(err).not.toContain('flt1');
    expect(controller.asked[0]?.body).toEqual({
      name: 'deploy',
      role: 'operator',
      hosts: 'env=prod',
      expiresIn: '90d',
    });
    expect(exitCode).toBe(0);
  });

  it('reaches all hosts for ever unless told otherwise', async () => {
    const { controller, out } = await fairlead('token create a --role viewer -o json', {
      createApiToken: () => aNewApiToken(),
    });
    expect(controller.asked[0]?.body).toEqual({ name: 'a', role: 'viewer', hosts: '' });
    expect(JSON.parse(out)).toEqual(aNewApiToken());
  });

  it.each([
    ['token create a', '--role'],
    ['token create a --role king', 'viewer, operator, admin'],
    ['token create a --role viewer --expires soon', 'not a duration'],
  ])('refuses %s', async (line, message) => {
    const { exitCode, err } = await fairlead(line, {});
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });

  it('exits with 4 where the caller may not', async () => {
    const { exitCode } = await fairlead('token create a --role admin', {
      createApiToken: () => {
        throw new FairleadError('forbidden', 'This needs the role admin');
      },
    });
    expect(exitCode).toBe(4);
  });
});

describe('token ls', () => {
  it('shows who has which and when it was used', async () => {
    const used = anApiToken({
      name: 'ci',
      hosts: '',
      role: 'viewer',
      lastUsedAt: new Date(NOW - 60_000).toISOString(),
    });
    const created = { createdAt: new Date(NOW - 3_600_000).toISOString() };
    const items = [
      { ...anApiToken(), ...created },
      { ...used, ...created, expiresAt: new Date(NOW + 1000).toISOString() },
    ];
    const { out } = await fairlead('token ls', { listApiTokens: () => ({ items, total: 2 }) });
    expect(out).toBe(
      [
        'NAME     ID           ROLE       HOSTS      STATE    EXPIRES   LAST USED   CREATED',
        'deploy   k3v7q2m5xa   operator   env=prod   active   never     never       1h ago by admin',
        'ci       k3v7q2m5xa   viewer     all        active   in 1s     1m ago      1h ago by admin',
        '',
      ].join('\n'),
    );
    expect((await fairlead('token ls -q', { listApiTokens: () => ({ items, total: 2 }) })).out).toBe('deploy\nci\n');
  });
});

describe('token rm', () => {
  const answers = {
    revokeApiToken: ({ params }: { params: Readonly<Record<string, string>> }) => {
      if (params['token'] === 'none') throw new FairleadError('token_not_found', "There is no token 'none'");
    },
  };

  it('asks on a terminal', async () => {
    const no = await fairlead('token rm deploy', answers, { reply: 'n' });
    expect(no.questions).toEqual(['Revoke the token deploy? [y/N] ']);
    expect(no.controller.asked).toEqual([]);
    const yes = await fairlead('token rm deploy', answers, { reply: 'y' });
    expect(yes.out).toBe('deploy\n');
    expect((await fairlead('token rm -f deploy', answers, { reply: 'n' })).out).toBe('deploy\n');
  });

  it('revokes those it can, and names those it cannot', async () => {
    const { out, err, exitCode } = await fairlead('token rm deploy none', answers);
    expect(out).toBe('deploy\n');
    expect(err).toBe("none: error: There is no token 'none'\n");
    expect(exitCode).toBe(3);
  });
});
