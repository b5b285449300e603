import { describe, expect, it } from '@jest/globals';
import {
  childEnvironment,
  configDir,
  defaultDataDir,
  hideOwnVariables,
  loadConfig,
  ownCommand,
  processEnvironment,
} from './config.js';

describe('loadConfig', () => {
  it('takes the flag before the variable before the default', () => {
    expect(loadConfig({}, undefined)).toEqual({ apiUrl: 'http://127.0.0.1:7800' });
    expect(loadConfig({ FAIRLEAD_API_URL: 'https://x/' }, undefined)).toEqual({ apiUrl: 'https://x' });
    expect(loadConfig({ FAIRLEAD_API_URL: 'https://x' }, 'http://y:1')).toEqual({ apiUrl: 'http://y:1' });
  });

  it('reports all faults at once, with the nearest name for a variable that does not exist', () => {
    expect(() => loadConfig({ FAIRLEAD_API_ULR: 'http://x', FAIRLEAD_API_URL: 'x:y' }, undefined)).toThrow(
      "FAIRLEAD_API_ULR: there is no such variable; did you mean FAIRLEAD_API_URL?; FAIRLEAD_API_URL: 'x:y' is not an address",
    );
  });

  it('leaves the variables of the long-running programs to these', () => {
    expect(() =>
      loadConfig({ FAIRLEAD_AGENT_NAME: 'a', FAIRLEAD_CONTROLLER_PORT: '1', PATH: '/bin' }, undefined),
    ).not.toThrow();
  });
});

describe('tokens', () => {
  it('come in variables, and have no flag', () => {
    expect(loadConfig({ FAIRLEAD_TOKEN: 'a', FAIRLEAD_TOKEN_FILE: '/f' }, undefined)).toMatchObject({
      token: 'a',
      tokenFile: '/f',
    });
    expect(loadConfig({ FAIRLEAD_TOKEN: '', FAIRLEAD_TOKEN_FILE: '' }, undefined)).toMatchObject({
      token: undefined,
      tokenFile: undefined,
    });
  });

  it('are in no message about a wrong configuration', () => {
    const url = 'https://name:flt1.secret@a.example';
    for (const env of [{ FAIRLEAD_API_URL: url }, { FAIRLEAD_TOKENS: 'flt1.secret' }]) {
      let message = '';
      try {
        loadConfig(env, undefined);
      } catch (error) {
        message = JSON.stringify([String(error), error]);
      }
      expect(message).toContain(Object.keys(env)[0]);
      expect(message).not.toContain('flt1.secret');
    }
  });

  it('reach no program that `up` starts', () => {
    const env = { PATH: '/bin', FAIRLEAD_TOKEN: 'a', FAIRLEAD_TOKEN_FILE: 'b', FAIRLEAD_API_URL: 'c' };
    const others = { FAIRLEAD_AGENT_LABEL: 'd', FAIRLEAD_CONTROLLER_PORT: 'e' };
    expect(childEnvironment({ ...env, ...others, FAIRLEAD_AGENT_JOIN_TOKEN: 'f' })).toEqual({
      PATH: '/bin',
      ...others,
    });
  });

  it.each([
    ['controller', undefined],
    ['agent', 'flj1.join'],
  ] as const)('are taken away from the %s, and what lets an agent join from all but it', (program, kept) => {
    const env = processEnvironment() as Record<string, string | undefined>;
    const tokens = { FAIRLEAD_TOKEN: 'a', FAIRLEAD_TOKEN_FILE: 'b', FAIRLEAD_AGENT_JOIN_TOKEN: 'flj1.join' };
    Object.assign(env, tokens);
    hideOwnVariables(program);
    const seen = Object.keys(tokens).map((name) => env[name]);
    for (const name of Object.keys(tokens)) delete env[name];
    expect(seen).toEqual([undefined, undefined, kept]);
  });
});

describe('the address of the controller', () => {
  it.each([
    'http://127.0.0.1:7800/?token=x',
    'http://127.0.0.1:7800/#x',
    'http://a:b@127.0.0.1:7800',
    '127.0.0.1:7800',
  ])('is not %s', (address) => expect(() => loadConfig({}, address)).toThrow('--api: '));

  it('may have a path, as behind a proxy', () => {
    expect(loadConfig({}, 'https://example.org/fairlead/').apiUrl).toBe('https://example.org/fairlead');
  });
});

describe('surroundings', () => {
  it('keeps logins where the system wants them', () => {
    expect(configDir({ XDG_CONFIG_HOME: '/c' })).toBe('/c/fairlead');
    expect(configDir({})).toMatch(/\.config\/fairlead$/);
  });

  it('keeps data where the system wants it', () => {
    expect(defaultDataDir({ XDG_STATE_HOME: '/s' })).toBe('/s/fairlead');
    expect(defaultDataDir({ XDG_STATE_HOME: '' })).toMatch(/\.local\/state\/fairlead$/);
  });

  it('knows how it can be called again', () => {
    expect(ownCommand({})).toBe('fairlead');
    expect(ownCommand({ npm_lifecycle_event: 'start' })).toBe('npx fairlead');
  });
});
