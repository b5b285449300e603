import { describe, expect, it } from '@jest/globals';
import { FairleadError, parseCidr } from '@fairlead/domain';
import { asksForHelp, HELP, loadConfig } from './config.js';
import { DEFAULT_RETENTION } from './history/retention-limits.js';

const HOME = { XDG_STATE_HOME: '/state' };

const faultsOf = (env: Record<string, string>, argv: string[] = []) => {
  try {
    loadConfig(env, argv);
  } catch (error) {
    if (error instanceof FairleadError) return { code: error.code, faults: error.faults, message: error.message };
  }
  throw new Error('It was accepted');
};

const ACCESS = { host: '127.0.0.1', tls: null, publicUrl: null, oidc: null, resetAdminToken: false };

describe('loadConfig', () => {
  it('has a default for everything', () => {
    expect(loadConfig(HOME, [])).toEqual({
      dataDir: '/state/fairlead',
      access: ACCESS,
      port: 7800,
      keysDir: '/state/fairlead-keys',
      linkPort: 7801,
      linkHost: null,
      advertise: null,
      certificateLifeMs: 86_400_000,
      dialRanges: [],
      connectionsPerAddress: 50,
      enrolmentsPerAddress: 20,
      retention: DEFAULT_RETENTION,
      linkSocket: null,
      notificationsFile: null,
      logLevel: 'info',
    });
  });

  it('puts the data below the home folder where no other is named', () => {
    expect(loadConfig({}, []).dataDir).toMatch(/\/\.local\/state\/fairlead$/);
    expect(loadConfig({ XDG_STATE_HOME: '' }, []).dataDir).toMatch(/\/\.local\/state\/fairlead$/);
  });

  it('takes variables, and flags before them', () => {
    const env = {
      FAIRLEAD_CONTROLLER_PORT: '1',
      FAIRLEAD_CONTROLLER_LINK_PORT: 'none',
      FAIRLEAD_CONTROLLER_DATA_DIR: '/from/env',
      FAIRLEAD_CONTROLLER_LOG_LEVEL: 'debug',
      FAIRLEAD_CONTROLLER_NOTIFICATIONS: '/etc/fairlead/notifications.yaml',
    };
    const argv = ['--port', '0', '--data-dir=/from/flag', '--link-socket', '/run/link.sock'];
    expect(loadConfig(env, argv)).toEqual({
      dataDir: '/from/flag',
      access: ACCESS,
      port: 0,
      keysDir: '/from/flag-keys',
      linkPort: null,
      linkHost: null,
      advertise: null,
      certificateLifeMs: 86_400_000,
      dialRanges: [],
      connectionsPerAddress: 50,
      enrolmentsPerAddress: 20,
      retention: DEFAULT_RETENTION,
      linkSocket: '/run/link.sock',
      notificationsFile: '/etc/fairlead/notifications.yaml',
      logLevel: 'debug',
    });
  });

  it('takes ranges to dial one by one and as a list', () => {
    const flags = ['--dial-range', '10.0.0.0/24', '--dial-range', 'fd00::/64, 10.1.0.0/16'];
    expect(loadConfig(HOME, flags).dialRanges).toEqual(['10.0.0.0/24', 'fd00::/64', '10.1.0.0/16'].map(parseCidr));
    const env = { ...HOME, FAIRLEAD_CONTROLLER_DIAL_RANGE: '10.0.0.0/24,10.1.0.0/16' };
    expect(loadConfig(env, []).dialRanges).toHaveLength(2);
  });

  it('takes how fast one address may connect and join', () => {
    const flags = ['--connections-per-address', '500', '--enrolments-per-address', '100'];
    expect(loadConfig(HOME, flags)).toMatchObject({ connectionsPerAddress: 500, enrolmentsPerAddress: 100 });
  });

  it('takes for how long records are kept', () => {
    const flags = ['--history-days', '7', '--removed-days', '30', '--operation-days', '14'];
    expect(loadConfig(HOME, flags).retention).toMatchObject({ historyDays: 7, removedDays: 30, operationDays: 14 });
  });

  it.each(['/data/keys', '/data', '/data/../data/..keys', 'keys/../../data/k'])(
    'refuses to keep the keys in the data folder, as in %s',
    (keysDir) => {
      const dataDir = keysDir.startsWith('/') ? '/data' : '../data';
      expect(faultsOf({}, ['--data-dir', dataDir, '--keys-dir', keysDir]).message).toContain(
        '--keys-dir: must not be in',
      );
    },
  );

  it('keeps the keys beside the data, never in it, unless told otherwise', () => {
    expect(loadConfig({}, ['--data-dir', '/data', '--keys-dir', '/data2/keys']).keysDir).toBe('/data2/keys');
    expect(loadConfig({}, ['--data-dir', '/var/lib/fairlead/']).keysDir).toBe('/var/lib/fairlead-keys');
    expect(loadConfig({}, ['--keys-dir', '/etc/fairlead/keys']).keysDir).toBe('/etc/fairlead/keys');
  });

  it.each([
    ['--certificate-life', '9s', 'between 10s and 7d'],
    ['--certificate-life', '8d', 'between 10s and 7d'],
    ['--certificate-life', 'long', 'duration'],
    ['--link-host', 'name.internal', 'IP address'],
    ['--link-host', '10.0.0.300', 'IP address'],
    ['--history-days', '0', '1 to 36500'],
    ['--removed-days', '1.5', '1 to 36500'],
    ['--operation-days', 'never', '1 to 36500'],
    ['--connections-per-address', '0', '1 to 10000'],
    ['--enrolments-per-address', 'many', '1 to 10000'],
    ['--dial-range', '10.0.0.0/33', 'address range'],
    ['--dial-range', '0177.0.0.1', 'address range'],
    ['--advertise', 'http://10.0.0.1', 'address or a name'],
    ['--advertise', 'a b', 'address or a name'],
    ['--notifications', '', 'name a file'],
  ])('refuses %s %s', (flag, value, words) => {
    expect(faultsOf(HOME, [flag, value]).faults).toEqual([{ path: flag, message: expect.stringContaining(words) }]);
  });

  it.each(['10.0.0.1', '10.0.0.1:7801', '[fd00::1]:7801', '[fd00::1]', 'controller.example', 'controller.example:443'])(
    'takes %s for an address to advertise',
    (address) => {
      expect(loadConfig(HOME, ['--advertise', address]).advertise).toBe(address);
    },
  );

  it('takes a variable without a value for one that is not set', () => {
    expect(loadConfig({ ...HOME, FAIRLEAD_CONTROLLER_PORT: '' }, []).port).toBe(7800);
  });

  it('names all faults at once', () => {
    const { code, faults, message } = faultsOf(
      { FAIRLEAD_CONTROLLER_POTR: '1', FAIRLEAD_CONTROLLER_LOG_LEVEL: 'loud' },
      ['--port', '70000', '--link-port', 'some', '--data-dir', ''],
    );
    expect(code).toBe('invalid_argument');
    expect(faults?.map(({ path }) => path)).toEqual([
      'FAIRLEAD_CONTROLLER_POTR',
      '--data-dir',
      '--port',
      '--link-port',
      '--log-level',
    ]);
    for (const { path } of faults!) expect(message).toContain(path);
  });

  it.each(['', ' ', '-1', '1.5', '0x10', '1e3', '65536', '7800 ', 'seventy'])('refuses %j for a port', (text) => {
    expect(faultsOf(HOME, [`--port=${text}`]).faults).toEqual([
      { path: '--port', message: 'must be a port: 0 to 65535' },
    ]);
  });

  it.each([
    ['FAIRLEAD_CONTROLLER_POTR', 'FAIRLEAD_CONTROLLER_PORT'],
    ['FAIRLEAD_CONTROLER_LINK_PORT', 'FAIRLEAD_CONTROLLER_LINK_PORT'],
    ['FAIRLEAD_DATA_DIR', 'FAIRLEAD_CONTROLLER_DATA_DIR'],
  ])('refuses the variable %s and names the nearest', (given, nearest) => {
    expect(faultsOf({ [given]: 'x' }).faults).toEqual([
      { path: given, message: `there is no such variable; did you mean ${nearest}?` },
    ]);
  });

  it('leaves the variables of other programs and projects alone', () => {
    expect(() =>
      loadConfig({ FAIRLEAD_AGENT_NAME: 'a', FAIRLEAD_API_URL: 'u', PORT: '1', FAIR: '1' }, []),
    ).not.toThrow();
  });

  it.each([[['--nonsense']], [['--port']], [['positional']]])('refuses the flags %j', (argv) => {
    expect(faultsOf(HOME, argv).faults).toMatchObject([{ path: 'flags' }]);
  });
});

describe('help', () => {
  it('is asked for by either flag, wherever it stands', () => {
    expect([['--help'], ['-h'], ['--port', '1', '--help'], []].map(asksForHelp)).toEqual([true, true, true, false]);
  });

  it('names every flag', () => {
    for (const flag of ['data-dir', 'port', 'link-port', 'link-socket', 'log-level'])
      expect(HELP).toContain(`--${flag}`);
  });
});
