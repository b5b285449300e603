import { describe, expect, it } from '@jest/globals';
import type { HostView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { fairlead, NOW } from '../../../test/run.js';
import { aClash, aHost, aJoinToken, aNewJoinToken } from '../../../test/views.js';

const fleet = (...items: HostView[]) => ({ items, total: items.length, nextCursor: null });
const inHours = (hours: number): string => new Date(NOW + hours * 3_600_000).toISOString();
const joined = (name: string, state: HostView['identity']['state'], hours?: number): HostView => {
  const certificate = hours === undefined ? null : { serial: 'a', expiresAt: inHours(hours), root: 'r', generation: 2 };
  return aHost({ name, labels: {}, identity: { ...aHost().identity, kind: 'joined', state, certificate } });
};

describe('host ls', () => {
  it('shows by what hosts are known, until when, and what they allow', async () => {
    const bounded = { ...joined('web-3', 'active', 12.5), policy: { mode: 'read-only' as const, rules: [] } };
    const hosts = fleet(
      aHost({ labels: {} }),
      joined('web-2', 'pending'),
      bounded,
      joined('web-4', 'revoked', 2),
      joined('web-5', 'active', -1),
    );
    const { out } = await fairlead('host ls', { listHosts: () => hosts });
    const shown = out.split('\n').map((line) => line.replace(/ +docker.*/, ''));
    expect(shown).toEqual([
      expect.stringMatching(/^HOST +FRESHNESS +IDENTITY +POLICY +ENGINE/),
      'web-1   live        local',
      'web-2   live        pending',
      'web-3   live        active, 12h 30m left   read-only',
      'web-4   live        REVOKED',
      'web-5   live        active, EXPIRED',
      '',
    ]);
  });

  it('raises the alarm for a host that two machines claim to be, naming both', async () => {
    const answers = { listHosts: () => fleet(aHost(), aClash()) };
    const { out, err } = await fairlead('host ls', answers);
    expect(out).toContain('QUARANTINED');
    expect(err).toBe(
      'ALARM: two machines use the identity of web-2: 10.0.0.7:40312 (instance i-1) and 10.0.0.8:51844 (instance i-2). ' +
        'Say which one stays: fairlead host resolve web-2 --keep INSTANCE_OR_ADDRESS\n',
    );
    expect((await fairlead('host ls -o json', answers)).err).toBe('');
    expect((await fairlead('host ls -q', answers)).err).toBe('');
  });

  it('has no column for what is the same everywhere', async () => {
    const { out } = await fairlead('host ls', { listHosts: () => fleet(aHost(), aHost({ name: 'web-2' })) });
    expect(out).not.toMatch(/IDENTITY|POLICY/);
  });
});

describe('host inspect', () => {
  it('raises the alarm beside the view', async () => {
    const { out, err } = await fairlead('host inspect web-2', { getHost: () => aClash() });
    expect(JSON.parse(out)).toEqual(aClash());
    expect(err).toContain('ALARM: two machines use the identity of web-2');
  });
});

describe('host join-token create', () => {
  it('prints the one command alone, and what it means on standard error', async () => {
    const made = aNewJoinToken();
    const { out, err, controller } = await fairlead('host join-token create --label env=prod', {
      createJoinToken: () => made,
    });
    expect(out).toBe(`${made.command}\n`);
    expect(err).toBe(
      'Run it on the host. Within 1h it lets one host join with env=prod.\n' +
        'It holds a secret that is not shown again. To take it back: fairlead host join-token rm k3v7q2m5xa\n',
    );
    expect(controller.asked[0]?.body).toEqual({ labels: { env: 'prod' } });
  });

  it('passes on for whom, how often, how long and where', async () => {
    const line =
      'host join-token create --host web-2 --uses 20 --expires 24h --controller a.example:7801 --label a=b -o json';
    const made = aNewJoinToken({ host: 'web-2' });
    const { out, err, controller } = await fairlead(line, { createJoinToken: () => made });
    expect(controller.asked[0]?.body).toEqual({
      labels: { a: 'b' },
      host: 'web-2',
      maxUses: 20,
      expiresIn: '24h',
      controller: 'a.example:7801',
    });
    expect(JSON.parse(out)).toEqual(made);
    expect(err).toBe('');
  });

  it.each(['--label env', '--uses many', '--expires soon'])('refuses %s', async (flags) => {
    expect((await fairlead(`host join-token create ${flags}`, {})).exitCode).toBe(2);
  });
});

describe('host join-token ls and rm', () => {
  it('list without secrets', async () => {
    const items = [
      aJoinToken({ expiresAt: inHours(1), createdAt: inHours(-1), maxUses: 20, uses: 3 }),
      aJoinToken({ id: 'used', state: 'used', host: 'web-2', uses: 1, expiresAt: inHours(-2), createdAt: inHours(-3) }),
    ];
    const { out } = await fairlead('host join-token ls', { listJoinTokens: () => ({ items, total: 2 }) });
    expect(out).toBe(
      [
        'ID           STATE   HOST    USES      EXPIRES   CREATED           LABELS',
        'k3v7q2m5xa   open    any     3 of 20   in 1h     1h ago by admin   env=prod',
        'used         used    web-2   1 of 1    2h ago    3h ago by admin   env=prod',
        '',
      ].join('\n'),
    );
  });

  it('revoke after a question', async () => {
    const answers = { revokeJoinToken: () => undefined };
    expect((await fairlead('host join-token rm a b', answers, { reply: '' })).controller.asked).toEqual([]);
    expect((await fairlead('host join-token rm a b', answers, { reply: 'yes' })).out).toBe('a\nb\n');
  });
});

describe('host add', () => {
  it('prints the command for the host', async () => {
    const made = aNewJoinToken({
      host: 'web-3',
      labels: {},
      command: 'X=flj1.… fairlead agent --listen 10.20.0.7:7802',
    });
    const line = 'host add web-3 --address 10.20.0.7:7802 --label zone=b';
    const { out, err, controller } = await fairlead(line, { addHost: () => made });
    expect(out).toBe(`${made.command}\n`);
    expect(err).toContain('web-3 is added, and dialled at 10.20.0.7:7802 from now on.');
    expect(err).toContain('it lets the host web-3 join.');
    expect(controller.asked[0]?.body).toEqual({ name: 'web-3', address: '10.20.0.7:7802', labels: { zone: 'b' } });
  });

  it('needs the address', async () => {
    expect((await fairlead('host add web-3', {})).exitCode).toBe(2);
  });
});

describe('host revoke', () => {
  const answers = {
    revokeHost: ({ params }: { params: Readonly<Record<string, string>> }) => {
      if (params['host'] === 'web-1') throw new FairleadError('unsupported', 'It has no identity');
      return aHost({ name: params['host'] ?? '' });
    },
  };

  it('asks on a terminal, and needs --force elsewhere', async () => {
    const no = await fairlead('host revoke web-2', answers, { reply: 'no' });
    expect(no.questions).toEqual(['Revoke the identity of web-2 for ever? [y/N] ']);
    expect(no.err).toBe('Nothing was done.\n');
    expect(no.controller.asked).toEqual([]);
    expect((await fairlead('host revoke web-2', answers, { reply: 'y' })).out).toBe('web-2: revoked\n');
    const unattended = await fairlead('host revoke web-2', answers);
    expect(unattended.controller.asked).toEqual([]);
    expect(unattended.exitCode).toBe(2);
    expect(unattended.err).toContain('--force');
    expect((await fairlead('host revoke web-2 --force', answers)).exitCode).toBe(0);
  });

  it('revokes those it can, and names those it cannot', async () => {
    const { out, err, exitCode } = await fairlead('host revoke -f web-1 web-2', answers);
    expect({ out, err, exitCode }).toEqual({
      out: 'web-2: revoked\n',
      err: 'web-1: error: It has no identity\n',
      exitCode: 1,
    });
  });
});

describe('host resolve', () => {
  const answers = { resolveHost: () => aHost({ name: 'web-2' }) };

  it('says which machine stays, after a question', async () => {
    const { out, questions, controller } = await fairlead('host resolve web-2 --keep 10.0.0.7', answers, {
      reply: 'y',
    });
    expect(questions).toEqual(['Keep 10.0.0.7 as web-2, and refuse the other machine for ever? [y/N] ']);
    expect(controller.asked[0]).toMatchObject({ params: { host: 'web-2' }, body: { keep: '10.0.0.7' } });
    expect(out).toBe('web-2: 10.0.0.7 stays\n');
  });

  it.each(['host resolve web-2', 'host resolve web-2 --keep i-1'])(
    'refuses %s where nobody can be asked',
    async (line) => {
      const { exitCode, controller } = await fairlead(line, answers);
      expect(exitCode).toBe(2);
      expect(controller.asked).toEqual([]);
    },
  );
});

describe('host rm', () => {
  it('asks on a terminal', async () => {
    const { questions, controller } = await fairlead(
      'host rm web-8 web-9',
      { removeHost: () => undefined },
      { reply: 'n' },
    );
    expect(questions).toEqual(['Forget web-8, web-9? [y/N] ']);
    expect(controller.asked).toEqual([]);
  });
});
