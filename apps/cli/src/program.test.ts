import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { Cli } from './cli.js';
import { fairlead } from '../test/run.js';
import { aTerminal } from '../test/terminal.js';
import { createProgram } from './program.js';

const program = createProgram(
  new Cli({
    env: {},
    terminal: aTerminal(),
    fetch,
    version: '0.0.0',
    now: () => 0,
    sleep: () => Promise.resolve(),
    newKey: () => '',
    interrupted: () => new AbortController().signal,
    edit: () => Promise.resolve(),
  }),
);

/** All commands that do something, with their full names. */
const leaves = (command: Command, path: string): [string, Command][] =>
  command.commands.length === 0
    ? [[path, command]]
    : command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`.trim()));

describe('the command tree', () => {
  it('has these commands', () => {
    expect(leaves(program, '').map(([path]) => path)).toEqual([
      'up',
      'controller',
      'agent',
      ...['ls', 'inspect', 'label', 'rm', 'revoke', 'resolve', 'add'].map((verb) => `host ${verb}`),
      ...['create', 'ls', 'rm'].map((verb) => `host join-token ${verb}`),
      ...['ls', 'inspect', 'create', 'connect', 'disconnect', 'rm', 'prune', 'probe', 'history', 'restore'].map(
        (verb) => `network ${verb}`,
      ),
      'endpoint ls',
      ...['ls', 'inspect', 'create', 'edit', 'rm', 'plan', 'run', 'runs', 'approve', 'cancel'].map(
        (verb) => `policy ${verb}`,
      ),
      ...['pause', 'resume', 'versions'].map((verb) => `policy ${verb}`),
      'freeze',
      ...['ls', 'inspect'].map((verb) => `operation ${verb}`),
      'events',
      'doctor',
      ...['ls', 'verify'].map((verb) => `audit ${verb}`),
      'login',
      'logout',
      'whoami',
      ...['create', 'ls', 'rm'].map((verb) => `token ${verb}`),
      ...['status', 'prepare', 'activate', 'retire'].map((verb) => `ca ${verb}`),
    ]);
  });

  it.each(leaves(program, '').filter(([path]) => path !== 'controller' && path !== 'agent'))(
    '%s explains itself, with examples that it would accept',
    async (path, command) => {
      const { out, exitCode } = await fairlead([...path.split(' '), '--help'], {});
      expect(exitCode).toBe(0);
      expect(command.description()).not.toBe('');
      const examples =
        out
          .split('Examples:\n')[1]
          ?.split('\n')
          .filter((line) => line.includes(`fairlead ${path}`)) ?? [];
      expect(examples.length).toBeGreaterThan(0);
      const known = new Set(command.options.flatMap(({ long, short }) => [long, short]));
      const used = examples.flatMap(
        (line) => line.split('|')[0]?.match(/ (-o|-f|-q|-d|-n|--[a-z0-9-]+)(?= |$)/g) ?? [],
      );
      expect(used.filter((flag) => !known.has(flag.trim()))).toEqual([]);
    },
  );

  it.each([
    ['netwrk', 2, 'Did you mean network?'],
    ['network lss', 2, 'Did you mean ls?'],
    ['network ls --hots a', 2, 'Did you mean --host?'],
    ['network', 2, 'Usage: fairlead network'],
    ['network rm', 2, 'missing required argument'],
    ['network ls surplus', 2, 'too many arguments'],
    ['network restore --run --dry-run', 2, "error: option '--run <id>' argument missing"],
    ['network restore --run -f', 2, "error: option '--run <id>' argument missing"],
    ['policy runs --run --outcome=kept', 2, "error: option '--run <id>' argument missing"],
    ['policy run nightly --plan-hash --help', 2, "error: option '--plan-hash <hash>' argument missing"],
    ['freeze --reason --api http://127.0.0.1:1', 2, "error: option '--reason <text>' argument missing"],
  ])('answers %s with %i', async (line, code, message) => {
    const { exitCode, err } = await fairlead(line, {});
    expect(exitCode).toBe(code);
    expect(err).toContain(message);
  });

  it('takes a value that only looks like a flag', async () => {
    const listRunItems = () => ({ items: [], total: 0, nextCursor: null });
    const { controller } = await fairlead('network restore --run --nightly', { listRunItems });
    expect(controller.asked[0]?.params).toEqual({ run: '--nightly' });
  });

  it('tells its version', async () => {
    expect(await fairlead('--version', {})).toMatchObject({ out: '0.0.0\n', exitCode: 0 });
  });

  it('refuses a wrong configuration before it asks anything', async () => {
    const { exitCode, err } = await fairlead('host ls', {}, { env: { FAIRLEAD_API_ULR: 'x' } });
    expect(exitCode).toBe(2);
    expect(err).toContain('did you mean FAIRLEAD_API_URL?');
  });
});
