import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewPolicyDryRunRequest, PolicyDryRunRequest } from '@fairlead/api';
import { FairleadError, overCaps } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolders } from '../../../test/folders.js';
import { fairlead } from '../../../test/run.js';
import { aPolicy, aPolicyDryRun, aPolicyItem, aSpec } from '../../../test/views.js';

const folder = temporaryFolders();
const schedule = { when: '0 2 * * *', zone: 'Europe/Berlin' };
const removals = [aPolicyItem('ci-1'), aPolicyItem('ci-2', { host: 'demo-1', simulated: true })];
const next = ['2026-11-25T01:00:00.000Z', '2026-11-26T01:00:00.000Z'];
const tried = aPolicyDryRun(removals, { next, warnings: ['No run removes anything.'] });
const TABLE = [
  'HOST                 NETWORK   DRIVER   UNUSED    WHY                                                   RESTORABLE',
  'web-1                ci-1      bridge   for 31d   no container, running or stopped, was on it for 31d   exactly',
  'demo-1 (simulated)   ci-2      bridge   for 31d   no container, running or stopped, was on it for 31d   exactly',
  'nightly, version 1: 2 to remove, 0 kept, on 1 host',
  '',
  'POLICY    TIME                                        UTC                        FROM NOW',
  'nightly   Wed 2026-11-25 02:00 +01:00 Europe/Berlin   2026-11-25T01:00:00.000Z   in 15h 30m',
  'nightly   Thu 2026-11-26 02:00 +01:00 Europe/Berlin   2026-11-26T01:00:00.000Z   in 1d 15h',
  '',
];

function aFile(text: string): string {
  const file = join(folder(), 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

describe('policy create --dry-run', () => {
  const answers = { dryRunNewPolicy: () => tried };
  const create = (...words: string[]) => fairlead(['policy', 'create', ...words, '--dry-run'], answers);

  it('shows the plan, the next times and the warnings, and creates nothing', async () => {
    const { out, err, exitCode, controller } = await create(
      ...['nightly', '--match', 'name=ci-*', '--schedule', '0 2 * * *', '--zone', 'Europe/Berlin'],
    );
    expect(out).toBe(TABLE.join('\n'));
    expect(err).toBe('warning: No run removes anything.\nNothing was created. Without --dry-run it is.\n');
    expect(exitCode).toBe(0);
    expect(controller.asked.map(({ id }) => id)).toEqual(['dryRunNewPolicy']);
    expect(controller.asked[0]?.query.get('next')).toBe('5');
    expect(controller.asked[0]?.body).toEqual({
      name: 'nightly',
      spec: aSpec({ match: [{ names: ['ci-*'] }], schedule }),
      plan: { action: 'remove', hosts: [], limit: 200 },
    });
  });

  it('reads a file too, and says that it will only report', async () => {
    const ran = await create('-f', aFile('name: nightly\nmatchAll: true\nmode: apply\n'), '--unused-for', '30d');
    const { name, spec } = ran.controller.asked[0]?.body as NewPolicyDryRunRequest;
    expect({ name, spec }).toEqual({ name: 'nightly', spec: aSpec({ matchAll: true, unusedFor: '30d' }) });
    expect(ran.err).toContain('warning: The file says mode apply, but a new policy only reports.');
    expect(ran.err).toContain('nightly has no schedule\n');
  });

  it('gives as JSON the whole plan as policy plan does, with times and warnings, from as many pages as it takes', async () => {
    const { out, err, controller } = await fairlead('policy create nightly --match-all --dry-run -o json', {
      dryRunNewPolicy: ({ body }) =>
        (body as NewPolicyDryRunRequest).plan.cursor === 'more'
          ? { ...tried, items: removals.slice(1) }
          : { ...tried, items: removals.slice(0, 1), nextCursor: 'more' },
    });
    const { nextCursor: _none, ...expected } = tried;
    expect(JSON.parse(out)).toEqual(expected);
    expect(err).toBe('warning: No run removes anything.\n');
    expect(controller.asked.map(({ body }) => (body as NewPolicyDryRunRequest).plan)).toEqual([
      { hosts: [], limit: 500 },
      { hosts: [], limit: 500, cursor: 'more' },
    ]);
  });

  it('lists with -o name what would be removed', async () => {
    expect((await create('nightly', '--match-all', '-o', 'name')).out).toBe('web-1/ci-1\ndemo-1/ci-2\n');
  });

  it('names what it knows itself: flags for the caps, JSON for more networks', async () => {
    const caps = { networks: 0, hostPercent: 100, fleetPercent: 100 };
    const over = overCaps(caps, [{ host: 'web-1', networks: 4, remove: 1 }], 4);
    const items = Array.from({ length: 200 }, () => removals[0]!);
    const summary = { ...tried.summary, remove: 300, overCaps: over };
    const many = aPolicyDryRun(items, { summary, nextCursor: 'more' });
    const { out } = await fairlead('policy create nightly --match-all --dry-run', { dryRunNewPolicy: () => many });
    expect(out).toContain('\n... and more than these 200 (-o json)\n');
    expect(out).toContain('\nTo raise them: --max-networks N\n');
  });

  it('is refused as a creation is, by flag or by line', async () => {
    const faults = [{ path: '/spec/schedule/when', message: 'there is no such day' }];
    const dryRunNewPolicy = () => {
      throw new FairleadError('invalid_argument', 'The policy is not valid', { faults });
    };
    const words = ['policy', 'create', 'nightly', '--dry-run'];
    const byFlag = await fairlead([...words, '--match-all', '--schedule', '0 0 30 2 *'], { dryRunNewPolicy });
    expect([byFlag.exitCode, byFlag.err]).toEqual([
      2,
      'error: The policy is not valid: --schedule: there is no such day\n',
    ]);
    const file = aFile('matchAll: true\nschedule:\n  when: 0 0 30 2 *\n');
    const byLine = await fairlead([...words, '-f', file], { dryRunNewPolicy });
    expect(byLine.err).toContain(`${file}:3:9: schedule.when: there is no such day\n`);
    const acting = await create('nightly', '--match-all', '--mode', 'apply');
    expect([acting.exitCode, acting.controller.asked]).toEqual([2, []]);
    const taken = await fairlead('policy create nightly --match-all --dry-run', {
      dryRunNewPolicy: () => {
        throw new FairleadError('already_exists', "There is a policy 'nightly' already");
      },
    });
    expect([taken.exitCode, taken.out]).toEqual([1, '']);
  });
});

describe('policy edit --dry-run', () => {
  const current = aPolicy({ id: 'p-1', version: 3, paused: true, spec: aSpec({ matchAll: true, schedule }) });
  const changed = { ...tried, policy: { id: 'p-1', name: 'nightly', version: 4 }, next: [] };
  const answers = { getPolicy: () => current, dryRunPolicy: () => changed };
  const edit = (words: string[], around: Parameters<typeof fairlead>[2] = {}) =>
    fairlead(['policy', 'edit', 'nightly', ...words, '--dry-run'], answers, around);
  const sent = ({ controller }: Awaited<ReturnType<typeof edit>>) =>
    controller.of('dryRunPolicy')[0]?.body as PolicyDryRunRequest | undefined;

  it('shows what the version would do that the change would make, and changes nothing', async () => {
    const ran = await edit(['--unused-for', '3d']);
    expect(ran.out).toContain('\nnightly, version 4: 2 to remove');
    expect(ran.err).toBe(
      [
        'nightly is paused: it will not run at these times',
        'warning: No run removes anything.',
        'Nothing was changed. Without --dry-run it is.',
        '',
      ].join('\n'),
    );
    expect(sent(ran)).toEqual({
      spec: { ...current.spec, unusedFor: '3d' },
      version: 3,
      plan: { action: 'remove', hosts: [], limit: 200 },
    });
    expect(ran.controller.asked.map(({ id }) => id)).toEqual(['getPolicy', 'dryRunPolicy']);
  });

  it('reads a file too, and of the version that the file is of', async () => {
    const ran = await edit(['-f', aFile('version: 2\nspec:\n  matchAll: true\n')]);
    expect(sent(ran)).toMatchObject({ spec: aSpec({ matchAll: true }), version: 2 });
  });

  it('shows the plan as it is where nothing would be changed', async () => {
    expect(sent(await edit(['--unused-for', '14d']))).toMatchObject({ spec: current.spec, version: 3 });
  });

  it('keeps the text of an editor, and says how to go on with it', async () => {
    let file = '';
    const ran = await edit([], {
      reply: '',
      edit: (path) => Promise.resolve(writeFileSync((file = path), 'matchAll: true\nunusedFor: 2d\n')),
    });
    expect(sent(ran)?.spec).toEqual(aSpec({ matchAll: true, unusedFor: '2d' }));
    expect(ran.err).toContain(`To go on with it: fairlead policy edit nightly -f ${file}\n`);
    expect(existsSync(file)).toBe(true);
  });

  it('of a policy that does not exist ends as an edit does', async () => {
    const getPolicy = () => {
      throw new FairleadError('policy_not_found', "There is no policy 'nightly'");
    };
    const tries = await fairlead('policy edit nightly --unused-for 3d --dry-run', { getPolicy });
    expect(tries).toMatchObject({ exitCode: 3, out: '' });
  });
});
