import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';

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
    const argv = ['--name', 'web-1', '--controller', '127.0.0.1:7801', '--label', 'env=prod', '--label=a=b=c'];
    expect(loadConfig({ XDG_STATE_HOME: '/state' }, argv)).toEqual({
      kind: 'serve',
      name: 'web-1',
      engine: undefined,
      controller: '127.0.0.1:7801',
      listen: undefined,
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
    expect(faultsOf({}, [])).toEqual([
      '--name: give the host a name',
      '--controller: say where to dial, or where to listen with --listen',
    ]);
    expect(faultsOf({}, ['--name', 'a b', '--listen', 'unix:/x'])[0]).toContain("'a b' cannot be the name of a host");
    expect(faultsOf({}, ['--name', '--listen', 'unix:/x'])).toContain('--name: needs a value');
  });

  it('names addresses and labels that cannot be used with all other faults, before an engine is looked for', () => {
    const argv = ['--name', 'a', '--controller', '10.1.2.3:7801', '--listen', 'nowhere', '--label', 'bad'];
    expect(faultsOf({}, argv)).toEqual([
      expect.stringMatching(/^--controller: .*over a Unix socket or loopback TCP only/),
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
