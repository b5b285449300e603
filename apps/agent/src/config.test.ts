import { describe, expect, it } from '@jest/globals';
import type { FairleadError } from '@fairlead/domain';
import { environment, loadConfig } from './config.js';

const faultsOf = (env: Record<string, string>, argv: string[]): string[] => {
  try {
    loadConfig(env, argv);
  } catch (error) {
    const { faults } = error as { faults: { path: string; message: string }[] };
    return faults.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
};

describe('the configuration', () => {
  it('is read from flags', () => {
    const argv = ['--name', 'web-1', '--controller', 'unix:/run/l.sock', '--label', 'env=prod', '--label=a=b=c'];
    expect(loadConfig({ XDG_STATE_HOME: '/state' }, argv, 'machine.lan')).toEqual({
      kind: 'serve',
      name: 'web-1',
      engine: undefined,
      controller: 'unix:/run/l.sock',
      listen: undefined,
      machine: 'machine.lan',
      token: undefined,
      policy: undefined,
      labels: { env: 'prod', a: 'b=c' },
      dataDir: '/state/fairlead-agent/web-1',
      demo: undefined,
      logLevel: 'info',
      logFormat: 'auto',
    });
  });

  it('is read from variables, over which flags win', () => {
    const env = {
      FAIRLEAD_AGENT_NAME: 'web-1',
      FAIRLEAD_AGENT_LISTEN: 'unix:/run/a.sock',
      FAIRLEAD_AGENT_LABEL: 'a=1,b=2',
      FAIRLEAD_AGENT_DATA_DIR: '/var/lib/agent',
      FAIRLEAD_AGENT_LOG_LEVEL: 'debug',
    };
    expect(loadConfig(env, ['--name', 'web-2'])).toMatchObject({
      name: 'web-2',
      listen: 'unix:/run/a.sock',
      labels: { a: '1', b: '2' },
      dataDir: '/var/lib/agent',
      logLevel: 'debug',
    });
  });

  it('names all faults at once', () => {
    const argv = [
      '--name',
      '-x',
      '--demo=0',
      '--label',
      '=x',
      '--log-level',
      'loud',
      '--enigne',
      'x',
      'stray',
      '--listen',
    ];
    expect(faultsOf({ FAIRLEAD_AGENT_ENGIN: 'x' }, argv)).toEqual([
      'FAIRLEAD_AGENT_ENGIN: there is no such variable; did you mean FAIRLEAD_AGENT_ENGINE?',
      '--enigne: there is no such flag; did you mean --engine?',
      'x: is not expected here',
      'stray: is not expected here',
      '--listen: needs a value',
      "--demo: '0' is not a number of hosts from 1 to 10000",
      '--controller: say where to dial, or where to listen with --listen',
      "--label: '=x' is not KEY=VALUE",
      "--log-level: 'loud' is none of debug, info, warn, silent",
    ]);
  });

  it('asks for a name that can be one, and for somewhere to serve', () => {
    expect(faultsOf({}, [])).toEqual(['--controller: say where to dial, or where to listen with --listen']);
    expect(faultsOf({}, ['--listen', 'unix:/x'])).toEqual(['--name: give the host a name']);
    expect(faultsOf({}, ['--name', 'a b', '--listen', 'unix:/x'])[0]).toContain("'a b' cannot be the name of a host");
    expect(faultsOf({}, ['--name', '--listen', 'unix:/x'])).toContain('--name: needs a value');
  });

  it('names addresses and labels that cannot be used with all other faults, before an engine is looked for', () => {
    const argv = ['--name', 'a', '--controller', 'unix:', '--listen', 'nowhere', '--label', 'bad'];
    expect(faultsOf({}, argv)).toEqual([
      expect.stringMatching(/^--controller: .*names no socket/),
      expect.stringMatching(/^--listen: .*nowhere/),
      "--label: 'bad' is not KEY=VALUE",
    ]);
  });

  it('needs no name for a demo fleet, a search or help', () => {
    expect(loadConfig({}, ['--demo', '3', '--listen', 'unix:/x'])).toMatchObject({ kind: 'serve', demo: 3 });
    expect(loadConfig({}, ['--locate'])).toEqual({ kind: 'locate', engine: undefined });
    expect(loadConfig({}, ['--locate', '--engine', 'unix:///x'])).toEqual({ kind: 'locate', engine: 'unix:///x' });
    expect(loadConfig({}, ['--help', '--nonsense'])).toEqual({ kind: 'help' });
  });

  it('leaves the variables of other programs alone', () => {
    const env = { FAIRLEAD_CONTROLLER_PORT: '1', FAIRLEAD_API_URL: 'http://x', HOME: '/root' };
    expect(faultsOf(env, ['--name', 'a', '--listen', 'unix:/x'])).toEqual([]);
    expect(faultsOf({ FAIRLEAD_NAME: 'x' }, ['--name', 'a', '--listen', 'unix:/x'])).toHaveLength(1);
  });
});

describe('joining', () => {
  const SECRET = 's'.repeat(43);
  const TOKEN = `flj1.${'d'.repeat(43)}.abcdefghij.${SECRET}`;
  const everythingOf = (env: Record<string, string>, argv: string[]): string => {
    try {
      return JSON.stringify(loadConfig(env, argv));
    } catch (error) {
      const { message, hint, faults } = error as FairleadError;
      return JSON.stringify({ message, hint, faults });
    }
  };

  it('takes the token from its variable', () => {
    const config = loadConfig(
      { FAIRLEAD_AGENT_JOIN_TOKEN: TOKEN },
      ['--controller', 'ctl.example:7801'],
      'My Machine!',
    );
    expect(config).toMatchObject({
      name: undefined,
      machine: 'My-Machine',
      token: { id: 'abcdefghij', secret: SECRET },
      dataDir: expect.stringMatching(/fairlead-agent\/My-Machine$/),
    });
  });

  it('names a token that is none without showing it', () => {
    const env = { FAIRLEAD_AGENT_JOIN_TOKEN: TOKEN.slice(0, -1) };
    expect(faultsOf(env, ['--controller', 'ctl.example:7801'])).toEqual([
      expect.stringMatching(/^FAIRLEAD_AGENT_JOIN_TOKEN: The join token is not complete/),
    ]);
    expect(everythingOf(env, ['--controller', 'ctl.example:7801'])).not.toContain(SECRET.slice(1));
  });

  it.each([
    [[TOKEN]],
    [['--token', SECRET]],
    [[`--join-token=${SECRET}`]],
    [['--name', TOKEN]],
    [[`--controller=${TOKEN}`]],
    [['--locate', TOKEN]],
  ])('refuses a token among the arguments, and does not print it', (argv) => {
    const said = everythingOf({}, ['--listen', 'unix:/x', ...argv]);
    expect(said).toContain('a join token is no argument');
    expect(said).toContain('FAIRLEAD_AGENT_JOIN_TOKEN');
    expect(said).not.toContain(SECRET);
  });

  it('refuses a token in another variable, and does not print it', () => {
    const said = everythingOf({ FAIRLEAD_AGENT_NAME: TOKEN }, ['--listen', 'unix:/x']);
    expect(said).toContain('FAIRLEAD_AGENT_NAME holds a join token');
    expect(said).not.toContain(SECRET);
  });

  it('leaves no token in the environment once it was read', () => {
    const own = { FAIRLEAD_AGENT_JOIN_TOKEN: TOKEN, HOME: '/root' };
    expect(environment(own)).toEqual({ FAIRLEAD_AGENT_JOIN_TOKEN: TOKEN, HOME: '/root' });
    expect(own).toEqual({ HOME: '/root' });
  });

  it('refuses labels and demo fleets over TCP', () => {
    const argv = ['--name', 'a', '--label', 'env=prod'];
    for (const way of ['--controller', '--listen']) {
      expect(faultsOf({}, [...argv, way, '10.0.0.1:7801'])).toEqual([expect.stringContaining('fairlead host label')]);
      expect(faultsOf({}, ['--demo', '2', way, '10.0.0.1:7801'])).toEqual([
        expect.stringContaining('Unix socket only'),
      ]);
    }
    expect(faultsOf({}, [...argv, '--controller', 'unix:/x'])).toEqual([]);
  });

  it('listens on addresses, and dials names too', () => {
    expect(faultsOf({}, ['--controller', 'ctl.example:7801'])).toEqual([]);
    expect(faultsOf({}, ['--name', 'a', '--listen', 'me.example:7802'])).toEqual([
      expect.stringMatching(/^--listen: Cannot listen on/),
    ]);
  });

  it('takes a policy file by flag and variable', () => {
    expect(loadConfig({}, ['--name', 'a', '--listen', 'unix:/x', '--policy', '/p.yaml'])).toMatchObject({
      policy: '/p.yaml',
    });
    expect(loadConfig({ FAIRLEAD_AGENT_POLICY: '/q.json' }, ['--name', 'a', '--listen', 'unix:/x'])).toMatchObject({
      policy: '/q.json',
    });
  });
});
