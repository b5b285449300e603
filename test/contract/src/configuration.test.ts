import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');

interface Settings {
  readonly SETTINGS: Readonly<Record<string, { value: string; meaning: string; byDefault: string }>>;
  readonly variableOf: (name: string) => string;
  /** The client's takes the value of its one flag in place of the arguments. */
  readonly loadConfig: (env: Record<string, string>, argv?: string[]) => Readonly<Record<string, unknown>>;
}

/** The configuration is no part of what an app exports, so it is read from its file. */
const read = (app: string): Promise<Settings> => import(join(root, 'apps', app, 'src/config.ts')) as Promise<Settings>;
const controller = await read('controller');
const agent = await read('agent');
const cli = await read('cli');
const apps: Readonly<Record<string, Settings>> = { controller, agent, cli };

const { renderConfiguration } = (await import(join(root, 'tools/generate-configuration.mjs'))) as {
  renderConfiguration: (load: (app: string) => Settings | undefined) => Promise<string>;
};

const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
const MINIMAL = ['--name', 'HOST', '--listen', 'unix:/x'];
/** Defaults that are no value: `none`, `all addresses`. */
const IN_WORDS = /^(none|nowhere|all |the |beside )/;
const HOME = { XDG_STATE_HOME: '~/.local/state' };

describe('docs/configuration.md', () => {
  it('matches the settings of the programs', async () => {
    expect(page).toBe(await renderConfiguration((app) => apps[app]));
  });

  it('would not match if a setting were described in other words', async () => {
    const { SETTINGS } = controller;
    const changed = { ...SETTINGS, port: { ...SETTINGS['port']!, meaning: 'something else' } };
    const others = { ...apps, controller: { ...controller, SETTINGS: changed } };
    expect(page).not.toBe(await renderConfiguration((app) => others[app as keyof typeof others]));
  });

  it('shows the defaults that hold', () => {
    // Those given as values; the others are told in words.
    const asValues = Object.entries(controller.SETTINGS).filter(([, { byDefault }]) => !IN_WORDS.test(byDefault));
    const given = Object.fromEntries(asValues.map(([name, { byDefault }]) => [controller.variableOf(name), byDefault]));
    expect(asValues.map(([name]) => name)).toEqual(expect.arrayContaining(['port', 'link-port', 'certificate-life']));
    expect(controller.loadConfig({ ...HOME, ...given }, [])).toEqual(controller.loadConfig(HOME, []));
    expect(agent.loadConfig(HOME, MINIMAL)).toMatchObject({
      dataDir: agent.SETTINGS['data-dir']?.byDefault,
      logLevel: agent.SETTINGS['log-level']?.byDefault,
      logFormat: agent.SETTINGS['log-format']?.byDefault,
    });
    expect(cli.loadConfig({})).toEqual({ apiUrl: cli.SETTINGS['api']?.byDefault });
  });

  it.each([
    ['controller', controller, []],
    ['agent', agent, MINIMAL],
    ['client', cli, undefined],
  ])('is right that the %s takes a variable that is set to nothing for one that is not set', (_, app, argv) => {
    const { SETTINGS, variableOf, loadConfig } = app;
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [variableOf(name), '']));
    expect(loadConfig({ ...HOME, ...empty }, argv)).toEqual(loadConfig(HOME, argv));
  });
});
