import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UpdatePolicyRequest } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolders } from '../../../test/folders.js';
import { fairlead, type Ran } from '../../../test/run.js';
import { aPolicy, aSpec } from '../../../test/views.js';

const folder = temporaryFolders();
const said = {
  matchAll: true,
  exempt: [{ labels: 'keep' }],
  schedule: { when: 'every 6h', window: { from: '01:00', to: '05:00' } },
};
const current = aPolicy({ id: 'p-1', name: 'nightly', version: 3, spec: aSpec(said) });
const answers = { getPolicy: () => current, updatePolicy: () => ({ ...current, version: 4 }) };
const sent = ({ controller }: Ran) => controller.of('updatePolicy')[0]?.body as UpdatePolicyRequest | undefined;
const edit = (words: string[], around: Parameters<typeof fairlead>[2] = {}) =>
  fairlead(['policy', 'edit', 'nightly', ...words], answers, around);

describe('policy edit', () => {
  it.each([
    [['--unused-for', '30d'], { unusedFor: '30d' }],
    [['--mode', 'apply'], { mode: 'apply' }],
    [['--max-networks', '7'], { caps: { networks: 7 } }],
    [['--stop-failures', '1'], { stop: { failures: 1 } }],
    [['--exempt', 'project=infra-*'], { exempt: [{ projects: ['infra-*'] }] }],
    [['--no-exempt'], { exempt: [] }],
    [['--no-exempt', '--exempt', 'label=x'], { exempt: [{ labels: 'x' }] }],
    [['--no-match-all', '--match', 'driver=bridge'], { matchAll: false, match: [{ drivers: ['bridge'] }] }],
    [['--no-schedule'], { schedule: null }],
    [['--schedule', '0 3 * * *'], { schedule: { ...said.schedule, when: '0 3 * * *' } }],
    [
      ['--jitter', '0s', '--zone', 'Europe/Berlin'],
      { schedule: { ...said.schedule, jitter: '0s', zone: 'Europe/Berlin' } },
    ],
    [
      ['--window-days', 'sat-sun'],
      { schedule: { ...said.schedule, window: { from: '01:00', to: '05:00', days: [0, 6] } } },
    ],
    [['--no-window'], { schedule: { when: 'every 6h' } }],
  ])('%j changes that and nothing else, of the version that it has seen', async (words, changed) => {
    const ran = await edit(words);
    expect(sent(ran)).toEqual({ spec: aSpec({ ...said, ...changed }), version: 3 });
    expect(ran).toMatchObject({
      out: 'Changed nightly, version 4: only reports, at 02:00 every day, UTC\n',
      exitCode: 0,
    });
  });

  it('does nothing where nothing is changed', async () => {
    const ran = await edit(['--unused-for', '14d']);
    expect(sent(ran)).toBeUndefined();
    expect(ran).toMatchObject({ err: 'Nothing was changed.\n', exitCode: 0 });
  });

  it('is refused where somebody else has changed it meanwhile', async () => {
    const { exitCode } = await fairlead('policy edit nightly --unused-for 3d', {
      ...answers,
      updatePolicy: () => {
        throw new FairleadError('plan_stale', "Policy 'nightly' is at version 4 by now");
      },
    });
    expect(exitCode).toBe(4);
  });

  it('says which flag is missing where it was widened to every network', async () => {
    const faults = [{ path: '/spec/matchAll', message: 'no rule says which networks are meant' }];
    const ran = await fairlead('policy edit nightly --no-match-all', {
      ...answers,
      updatePolicy: () => {
        throw new FairleadError('invalid_argument', 'The policy is not valid', { faults });
      },
    });
    expect(ran).toMatchObject({ exitCode: 2, err: expect.stringContaining('--match-all: no rule says') });
  });
});

describe('policy edit -f', () => {
  const written = (text: string): string => {
    const file = join(folder(), 'policy.yaml');
    writeFileSync(file, text);
    return file;
  };

  it('says the whole of it', async () => {
    const ran = await edit(['-f', written('matchAll: true\nunusedFor: 3d\n')]);
    expect(sent(ran)).toEqual({ spec: aSpec({ matchAll: true, unusedFor: '3d' }), version: 3 });
  });

  it('takes what inspect has shown, and of the version that was shown', async () => {
    const { out } = await fairlead('policy inspect nightly -o yaml', answers);
    const same = await edit(['-f', written(out)]);
    expect(same.err).toBe('Nothing was changed.\n');
    const older = await edit(['-f', written(out.replace('version: 3', 'version: 2'))]);
    expect(sent(older)).toEqual({ spec: current.spec, version: 2 });
  });

  it('leaves the mode as it is where the file says none', async () => {
    const applies = { ...current, spec: aSpec({ ...said, mode: 'apply' }) };
    const over = (...words: string[]) =>
      fairlead(['policy', 'edit', 'nightly', ...words], { ...answers, getPolicy: () => applies });
    const silent = written('matchAll: true\nunusedFor: 3d\n');
    expect(sent(await over('-f', silent))?.spec).toMatchObject({ unusedFor: '3d', mode: 'apply' });
    expect(sent(await over('-f', silent, '--mode', 'approve'))?.spec?.mode).toBe('approve');
    const whole = written('spec:\n  matchAll: true\n  unusedFor: 3d\n');
    expect(sent(await over('-f', whole))?.spec?.mode).toBe('apply');
    const reports = written('matchAll: true\nmode: report\n');
    expect(sent(await over('-f', reports))?.spec?.mode).toBe('report');
  });

  it('tells by its flag what a flag has said, and by its line what the file says', async () => {
    const file = written('matchAll: true\nschedule:\n  when: never\n');
    const faults = [
      { path: '/spec/schedule/when', message: 'is no schedule' },
      { path: '/spec/schedule/zone', message: 'is not a time zone' },
    ];
    const { err } = await fairlead(['policy', 'edit', 'nightly', '-f', file, '--zone', 'Foo/Bar'], {
      ...answers,
      updatePolicy: () => {
        throw new FairleadError('invalid_argument', 'The policy is not valid', { faults });
      },
    });
    expect(err).toContain(`${file}:3:9: schedule.when: is no schedule\n--zone: is not a time zone\n`);
  });

  it('does not write one policy over another', async () => {
    const ran = await edit(['-f', written('name: other\nmatchAll: true')]);
    expect(ran).toMatchObject({ exitCode: 2, err: expect.stringContaining("of the policy 'other', not of 'nightly'") });
    expect(sent(ran)).toBeUndefined();
  });
});

describe('policy edit with neither', () => {
  it('opens an editor with what the policy says, and takes what was made of it', async () => {
    let file = '';
    const ran = await edit([], {
      reply: '',
      edit: (path) => {
        file = path;
        writeFileSync(path, readFileSync(path, 'utf8').replace('unusedFor: 14d', 'unusedFor: 2d'));
        return Promise.resolve();
      },
    });
    expect(sent(ran)).toEqual({ spec: { ...current.spec, unusedFor: '2d' }, version: 3 });
    expect(() => readdirSync(dirname(file))).toThrow('ENOENT');
  });

  it('does nothing where the text is left as it is', async () => {
    const ran = await edit([], { reply: '', edit: () => Promise.resolve() });
    expect(ran).toMatchObject({ err: 'Nothing was changed.\n', exitCode: 0 });
    expect(sent(ran)).toBeUndefined();
  });

  it('keeps a text with a fault, and says how to go on with it', async () => {
    let file = '';
    const ran = await edit([], {
      reply: '',
      edit: (path) => Promise.resolve(writeFileSync((file = path), 'unusedFor: soon\n')),
    });
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain(`${file}:1:12: unusedFor: 'soon' is not a duration`);
    expect(ran.err).toContain(`fairlead policy edit nightly -f ${file}\n`);
    expect(readFileSync(file, 'utf8')).toBe('unusedFor: soon\n');
  });

  it('needs a terminal', async () => {
    const ran = await edit([]);
    expect(ran).toMatchObject({ exitCode: 2, err: expect.stringContaining('-f FILE') });
  });
});
