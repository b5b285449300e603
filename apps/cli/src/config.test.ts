import { describe, expect, it } from '@jest/globals';
import { defaultDataDir, loadConfig, ownCommand } from './config.js';

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

describe('surroundings', () => {
  it('keeps data where the system wants it', () => {
    expect(defaultDataDir({ XDG_STATE_HOME: '/s' })).toBe('/s/fairlead');
    expect(defaultDataDir({ XDG_STATE_HOME: '' })).toMatch(/\.local\/state\/fairlead$/);
  });

  it('knows how it can be called again', () => {
    expect(ownCommand({})).toBe('fairlead');
    expect(ownCommand({ npm_lifecycle_event: 'start' })).toBe('npx fairlead');
  });
});
