import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreatePolicyRequest } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolders } from '../../../test/folders.js';
import { fairlead, type Ran } from '../../../test/run.js';
import { aPolicy, aSpec } from '../../../test/views.js';

const folder = temporaryFolders();
const answers = { createPolicy: () => aPolicy({ name: 'nightly' }) };
const create = (...words: string[]): Promise<Ran> => fairlead(['policy', 'create', ...words], answers);
const refuse = (...faults: { path: string; message: string }[]): never => {
  throw new FairleadError('invalid_argument', 'The policy is not valid', { faults });
};
const sent = ({ controller }: Ran) => controller.of('createPolicy')[0]?.body as CreatePolicyRequest | undefined;

function aFile(text: string): string {
  const file = join(folder(), 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

describe('policy create', () => {
  it('writes a policy from flags, one for each field', async () => {
    const line =
      'nightly --on env!=prod --match driver=bridge,name=ci-* --match project=tmp-* --exempt label=keep ' +
      '--unused-for 7d --min-age 2d --zone Europe/Berlin --jitter 2m --start-within 30m --window 01:00-05:00 ' +
      '--window-days mon-fri --approve-within 12h --max-networks 50 --max-host-percent 12.5 --max-fleet-percent 2 ' +
      '--canary role=canary --stop-failures 3 --stop-failed-percent 1 --stop-unreachable-percent 20 --notify ops-hook ' +
      '--notify mail:finished,failed';
    const ran = await create(...line.split(' '), '--schedule', '0 2 * * *');
    expect(sent(ran)).toEqual({
      name: 'nightly',
      spec: aSpec({
        hosts: 'env!=prod',
        match: [{ drivers: ['bridge'], names: ['ci-*'] }, { projects: ['tmp-*'] }],
        exempt: [{ labels: 'keep' }],
        unusedFor: '7d',
        minAge: '2d',
        schedule: {
          when: '0 2 * * *',
          zone: 'Europe/Berlin',
          jitter: '2m',
          startWithin: '30m',
          window: { from: '01:00', to: '05:00', days: [1, 2, 3, 4, 5] },
        },
        approveWithin: '12h',
        caps: { networks: 50, hostPercent: 12.5, fleetPercent: 2 },
        canary: 'role=canary',
        stop: { failures: 3, failedPercent: 1, unreachablePercent: 20 },
        notify: [{ channel: 'ops-hook' }, { channel: 'mail', on: ['finished', 'failed'] }],
      }),
    });
  });

  it('says what to do next, and what is odd about it', async () => {
    const { out, err, exitCode } = await fairlead('policy create nightly --match-all', {
      createPolicy: () => aPolicy({ warnings: ["No host fits 'env=x' now: a run has nothing to look at."] }),
    });
    expect(out).toBe('Created nightly, version 1: only reports, at 02:00 every day, UTC\n');
    expect(err).toBe(
      [
        "warning: No host fits 'env=x' now: a run has nothing to look at.",
        'What it would remove, and why the rest stays: fairlead policy plan nightly',
        'To let it act: fairlead policy edit nightly --mode approve, or --mode apply',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(0);
  });

  it('begins by reporting only: another mode comes with an edit', async () => {
    expect(sent(await create('nightly', '--match-all', '--mode', 'report'))?.spec.mode).toBe('report');
    const ran = await create('nightly', '--match-all', '--mode', 'apply');
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain(
      "look at 'fairlead policy plan nightly', then: fairlead policy edit nightly --mode apply\n",
    );
    expect(sent(ran)).toBeUndefined();
  });

  it.each([
    ['/spec/matchAll', '--match-all', []],
    ['/spec/match', '--match', ['--match', 'name=*']],
  ])('says how to go on where the controller finds it too wide: %s', async (path, flag, words) => {
    const { exitCode, err } = await fairlead(['policy', 'create', 'nightly', ...words], {
      createPolicy: () => refuse({ path, message: 'is too wide' }),
    });
    expect(exitCode).toBe(2);
    expect(err).toBe(
      `error: The policy is not valid: ${flag}: is too wide\n` +
        'Narrow it, such as --match driver=bridge,name=ci-*, or say with --match-all that all are meant.\n',
    );
  });

  it('sends that every network is meant', async () => {
    expect(sent(await create('nightly', '--match-all'))?.spec.matchAll).toBe(true);
  });

  it.each([
    ['--match', 'bridge', "'bridge' is not KEY=VALUE"],
    ['--exempt', 'labels=keep', 'Did you mean label=keep'],
    ['--on', 'env prod', "'env prod' is not a term of a label selector"],
    ['--unused-for', '14 days', "'14 days' is not a duration"],
    ['--jitter', 'some', "'some' is not a duration"],
    ['--window', '1-5', 'Write it as 01:00-05:00'],
    ['--window', '24:00-05:00', 'Write it as 01:00-05:00'],
    ['--window-days', 'monday', "'monday' are not days of the week"],
    ['--window-days', 'mon-tue-wed', 'are not days of the week'],
    ['--max-networks', 'all', 'It must be a whole number'],
    ['--max-host-percent', '101', 'It must be a number from 0 to 100'],
    ['--notify', 'hook:finishd', 'Did you mean finished?'],
    ['--notify', ':failed', 'is neither CHANNEL nor CHANNEL:EVENT'],
    ['--zone', 'UTC', "--schedule '0 2 * * *'"],
  ])('refuses %s %s before anything is sent', async (flag, value, message) => {
    const { exitCode, err, controller } = await create('nightly', '--match-all', flag, value);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
    expect(controller.asked).toEqual([]);
  });

  it('takes a window up to the end of the day', async () => {
    const ran = await create('nightly', '--match-all', '--schedule', 'every 6h', '--window', '22:00-24:00');
    expect(sent(ran)?.spec.schedule?.window).toEqual({ from: '22:00', to: '24:00', days: [] });
  });

  it('has window days only with a window, and names only as names are', async () => {
    const days = await create('nightly', '--match-all', '--schedule', 'every 6h', '--window-days', 'sat,sun');
    expect(days.err).toContain('such as --window 01:00-05:00');
    const named = await create('Nightly', '--match-all');
    expect(named).toMatchObject({ exitCode: 2, err: expect.stringContaining('small letters, digits and dashes') });
  });

  it('tells by its flags what is wrong with it', async () => {
    const { exitCode, err } = await create('nightly', '--match-all', '--schedule', '', '--max-networks', '-1');
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^error: The policy is not valid: --schedule: is empty; --max-networks: .+\n/);
    const named = await create('Nightly', '--match-all');
    expect(named.err).toMatch(/^error: The policy is not valid: NAME: is not 1 to 63/);
  });

  it('tells by its flags what only the controller can know', async () => {
    const faults = [
      { path: '/spec/schedule/window', message: 'is empty' },
      { path: '/spec/notify/0/channel', message: 'there is no such channel' },
      { path: '/spec/later', message: 'is odd' },
    ];
    const createPolicy = () => {
      throw new FairleadError('invalid_argument', 'The policy is not valid', { faults, hint: 'Look.' });
    };
    const { err } = await fairlead('policy create nightly --match-all', { createPolicy });
    expect(err).toBe(
      'error: The policy is not valid: --window: is empty; --notify: there is no such channel; /spec/later: is odd\nLook.\n',
    );
  });

  it('passes on what the controller refuses', async () => {
    const { exitCode, err } = await fairlead('policy create nightly --match-all', {
      createPolicy: () => {
        throw new FairleadError('already_exists', "There is a policy 'nightly' already");
      },
    });
    expect(exitCode).toBe(1);
    expect(err).toContain("There is a policy 'nightly' already");
  });
});

describe('policy create -f', () => {
  it('takes name and all else from a file, and flags before it', async () => {
    const file = aFile('name: nightly\nmatchAll: true\nunusedFor: 7d\ncaps: { networks: 3 }\n');
    const ran = await create('-f', file, '--unused-for', '30d');
    const spec = aSpec({ matchAll: true, unusedFor: '30d', caps: { networks: 3 } });
    expect(sent(ran)).toEqual({ name: 'nightly', spec });
    expect(sent(await create('other', '-f', file))?.name).toBe('other');
  });

  it('takes it from standard input, and says what is wrong with all of it by line and column', async () => {
    const words = ['policy', 'create', 'nightly', '-f', '-'];
    const read = await fairlead(words, answers, { input: 'matchAll: true' });
    expect(sent(read)).toEqual({ name: 'nightly', spec: aSpec() });
    const { exitCode, err, controller } = await fairlead(words, answers, { input: 'unusedfor: 7d\nminAge: 1 day\n' });
    expect(exitCode).toBe(2);
    expect(err).toBe(
      [
        'error: stdin is no valid policy, it has 2 faults',
        "stdin:1:1: there is no field 'unusedfor'; did you mean unusedFor?",
        "stdin:2:9: minAge: '1 day' is not a duration. Write a number and a unit, such as 30s, 10m, 24h, 14d or 1h30m.",
        '',
      ].join('\n'),
    );
    expect(controller.asked).toEqual([]);
  });

  it.each(['table', 'json'])('of one that acts makes one that reports, and says how it acts (%s)', async (output) => {
    const acts = aPolicy({ name: 'nightly', spec: aSpec({ matchAll: true, mode: 'apply' }) });
    const { out } = await fairlead('policy inspect nightly -o yaml', { getPolicy: () => acts });
    const ran = await create('-f', aFile(out), '-o', output);
    expect(sent(ran)).toEqual({ name: 'nightly', spec: aSpec() });
    expect(ran.err).toContain(
      'warning: The file says mode apply, but a new policy only reports. ' +
        'To let it act: fairlead policy edit nightly --mode apply\n',
    );
    expect(ran.err.match(/To let it act/g)).toHaveLength(1);
    expect((await create('-f', aFile(out), '--mode', 'report')).err).not.toContain('warning');
  });

  it('shows at its place what only the controller can know', async () => {
    const file = aFile('name: nightly\nmatchAll: true\nschedule:\n  when: 0 2 31 2 *\n');
    const message = 'there is no such day';
    const refused = () => {
      throw new FairleadError('invalid_argument', `The policy is not valid: /spec/schedule/when: ${message}`, {
        faults: [{ path: '/spec/schedule/when', message }],
      });
    };
    const { exitCode, err } = await fairlead(['policy', 'create', '-f', file], { createPolicy: refused });
    expect(exitCode).toBe(2);
    expect(err).toContain(`${file}:4:9: schedule.when: there is no such day\n`);
    expect((await fairlead(['policy', 'create', '-f', file, '-o', 'json'], { createPolicy: refused })).err).toContain(
      `"path": "${file}:4:9"`,
    );
  });

  it('shows a rule that is too wide among the rest, at its line', async () => {
    const file = aFile("match: [{ names: ['*'] }]\nschedule:\n  when: every 1s\n  zone: Mars/Base\n");
    const { exitCode, err } = await fairlead(['policy', 'create', 'nightly', '-f', file], {
      createPolicy: () =>
        refuse(
          { path: '/spec/match', message: 'is too wide' },
          { path: '/spec/schedule/when', message: 'is too often' },
          { path: '/spec/schedule/zone', message: 'is not a time zone' },
        ),
    });
    expect(exitCode).toBe(2);
    expect(err).toBe(
      [
        `error: ${file} is no valid policy, it has 3 faults`,
        `${file}:1:8: match: is too wide`,
        `${file}:3:9: schedule.when: is too often`,
        `${file}:4:9: schedule.zone: is not a time zone`,
        '',
      ].join('\n'),
    );
  });

  it('tells by its flag what a flag has said in place of the file', async () => {
    const file = aFile('matchAll: true\nschedule:\n  when: every 1s\n  zone: UTC\n');
    const zone = { path: '/spec/schedule/zone', message: "'Foo/Bar' is not a time zone" };
    const words = ['policy', 'create', 'nightly', '--zone', 'Foo/Bar'];
    const mixed = await fairlead([...words, '-f', file, '--notify', 'nope'], {
      createPolicy: () =>
        refuse({ path: '/spec/schedule/when', message: 'is too often' }, zone, {
          path: '/spec/notify/0/channel',
          message: 'there is no such channel',
        }),
    });
    expect(mixed.err).toBe(
      [
        `error: ${file} with these flags is no valid policy, it has 3 faults`,
        `${file}:3:9: schedule.when: is too often`,
        `--zone: ${zone.message}`,
        '--notify: there is no such channel',
        '',
      ].join('\n'),
    );
    const schedule = ['-f', '-', '--schedule', 'every 6h'];
    const none = await fairlead([...words, ...schedule], { createPolicy: () => refuse(zone) }, { input: 'hosts: a' });
    expect(none.err).toBe(`error: The policy is not valid: --zone: ${zone.message}\n`);
  });

  it.each([
    [['-f', '/nonexistent/policy.yaml'], '/nonexistent/policy.yaml cannot be read'],
    [['--match-all'], 'The policy has no name'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, err } = await create(...words);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });

  it('refuses more than a policy can be', async () => {
    const { exitCode, err } = await fairlead('policy create nightly -f -', answers, { input: ' '.repeat(65_536) });
    expect(exitCode).toBe(2);
    expect(err).toContain('Name the file');
  });
});
