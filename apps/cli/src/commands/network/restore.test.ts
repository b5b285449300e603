import {
  type OperationResultView,
  removedNetworkDetail,
  type RemovedNetworkDetailView,
  type RestorePlanView,
} from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import type { Asked } from '../../../test/fake-controller.js';
import { fairlead } from '../../../test/run.js';
import { anOperation, aRecord, aRestorePlan, aRunItem } from '../../../test/views.js';

const ID = '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071';
const RUN = '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072';
const holder = { id: 'abc'.padEnd(64, '0'), name: 'other' };
const range = {
  kind: 'range' as const,
  what: '172.20.0.0/16',
  holder,
  explanation: "The range 172.20.0.0/16 overlaps 172.20.0.0/16 of network 'other' (abc000000000).",
  renumberingHelps: true,
};
const name = { ...range, kind: 'name' as const, explanation: 'the name ci-42 is taken', renumberingHelps: false };
const attachment = {
  containerId: 'c1',
  containerName: 'one',
  state: 'exited',
  reason: 'refers' as const,
  aliases: ['db'],
  ipv4: '172.20.0.5',
  ipv6: '',
  mac: '',
};
const plan = aRestorePlan({ attachments: [attachment] });
const result = (said: Partial<OperationResultView<'restore'>> = {}) => ({
  network: aRecord({ id: 'f'.repeat(64), name: 'ci-42' }),
  source: 'journal' as const,
  attachments: [
    { containerId: 'c1', containerName: 'one', outcome: 'attached' as const, reason: 'refers', engineMessage: '' },
  ],
  differences: [],
  losses: ['It gets a new id.'],
  ...said,
});
const restored = (said: Partial<OperationResultView<'restore'>> = {}) =>
  anOperation({ kind: 'restore', target: { network: { id: 'f'.repeat(64), name: 'ci-42' } }, result: result(said) });
const answers = { planRestore: () => plan, restoreNetwork: () => restored() };

const SHOWN = [
  'web-1/ci-42 would be made again with 172.20.0.0/16, from the journal of its host',
  '  attaches again one (exited) as db, 172.20.0.5',
  '  It gets a new id.',
  '',
].join('\n');

describe('network restore', () => {
  it('shows what would come back and what would not, asks, and restores', async () => {
    const { out, err, questions, exitCode, controller } = await fairlead(`network restore ${ID}`, answers, {
      reply: 'y',
    });
    expect(err).toBe(SHOWN);
    expect(questions).toEqual(['Restore this network on web-1? [y/N] ']);
    expect(out).toBe('web-1/ci-42: made again as ffffffffffff\n  attached again: one\n');
    expect(exitCode).toBe(0);
    const [sent] = controller.of('restoreNetwork');
    expect(sent).toMatchObject({ params: { id: ID }, body: { renumber: false, deadlineMs: 30_000 } });
    expect(sent?.headers.get('idempotency-key')).toBe('key-1');
  });

  it('does nothing with --dry-run, and where the answer is no', async () => {
    const dry = await fairlead(`network restore ${ID} --dry-run`, answers);
    expect(dry).toMatchObject({ out: SHOWN, exitCode: 0 });
    const no = await fairlead(`network restore ${ID}`, answers, { reply: 'n' });
    for (const { controller } of [dry, no]) expect(controller.of('restoreNetwork')).toEqual([]);
  });

  it('finds the last removal of a network by its name', async () => {
    const { record: _record, ...gone } = removedNetworkDetail.meta()?.['example'] as RemovedNetworkDetailView;
    const silent = { keptSince: '2025-11-24T00:00:00.000Z', unavailableHosts: [], unavailableTotal: 0 };
    const { controller } = await fairlead('network restore -f web-1/ci-42', {
      ...answers,
      listRemovedNetworks: () => ({ items: [gone, { ...gone, id: 'before' }], total: 2, nextCursor: null, ...silent }),
    });
    expect(controller.asked[0]?.query.toString()).toBe('host=web-1&network=ci-42&limit=500');
    expect(controller.of('restoreNetwork')[0]?.params).toEqual({ id: gone.id });
  });

  it('says what differs and who could not be attached, and ends with 1 for the latter', async () => {
    const failed = {
      containerId: 'c2',
      containerName: 'two',
      outcome: 'failed' as const,
      reason: 'its address is taken',
      engineMessage: 'Address already in use\n',
    };
    const differences = [{ field: 'internal', recorded: 'true', restored: 'false' }];
    const { out, exitCode } = await fairlead(`network restore ${ID} -f`, {
      ...answers,
      restoreNetwork: () => restored({ attachments: [failed], differences, losses: [] }),
    });
    expect(out).toBe(
      [
        'web-1/ci-42: made again as ffffffffffff',
        '  not attached: two: its address is taken, engine says: Address already in use',
        '  differs: internal was true, is false',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(1);
  });

  it('gives plans and operations as JSON', async () => {
    expect(JSON.parse((await fairlead(`network restore ${ID} --dry-run -o json`, answers)).out)).toEqual(plan);
    const done = await fairlead(`network restore ${ID} -f -o json --timeout 2m`, answers);
    expect(JSON.parse(done.out)).toEqual(restored());
    expect(done.err).toBe('');
    expect(done.controller.of('restoreNetwork')[0]?.body).toEqual({ renumber: false, deadlineMs: 120_000 });
  });

  it.each(['', `${ID} --run ${RUN}`])('refuses %j: either networks or a run', async (words) => {
    const { exitCode, controller } = await fairlead(
      ['network', 'restore', ...words.split(' ').filter(Boolean)],
      answers,
    );
    expect(exitCode).toBe(2);
    expect(controller.asked).toEqual([]);
  });
});

describe('what stands in the way of a restore', () => {
  const refuses = (conflicts: RestorePlanView['conflicts'], flags = '') =>
    fairlead(`network restore ${ID} -f${flags}`, { ...answers, planRestore: () => aRestorePlan({ conflicts }) });

  it('is shown with who has it, and another range is offered where that helps', async () => {
    const { err, exitCode, controller } = await refuses([range]);
    expect(err).toBe(
      [
        'web-1/ci-42 cannot be made again:',
        `  ${range.explanation}`,
        `  With another address range: fairlead network restore ${ID} --renumber`,
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(4);
    expect(controller.of('restoreNetwork')).toEqual([]);
  });

  it('is no offer where the name is taken', async () => {
    const { err, exitCode } = await refuses([range, name]);
    expect(err).not.toContain('--renumber');
    expect(exitCode).toBe(4);
  });

  it('is told by --dry-run too', async () => {
    const planRestore = () => aRestorePlan({ conflicts: [name] });
    expect((await fairlead(`network restore ${ID} --dry-run`, { planRestore })).exitCode).toBe(4);
  });

  it('is gone with --renumber', async () => {
    const { exitCode, controller } = await refuses([], ' --renumber');
    expect(exitCode).toBe(0);
    expect(controller.of('planRestore')[0]?.body).toEqual({ renumber: true });
    expect(controller.of('restoreNetwork')[0]?.body).toMatchObject({ renumber: true });
  });

  it('is said not to be there where --renumber has nothing to do', async () => {
    const keeps = 'it keeps them';
    const said = async (subnets: string[], flags: string) =>
      (await fairlead(`network restore ${ID} -f${flags}`, { ...answers, planRestore: () => aRestorePlan({ subnets }) }))
        .err;
    expect(await said(['172.20.0.0/16'], ' --renumber')).toContain(keeps);
    expect(await said([], ' --renumber')).not.toContain(keeps);
    expect(await said(['172.20.0.0/16'], '')).not.toContain(keeps);
  });

  it('is nothing where it is there already', async () => {
    const present = aRestorePlan({ present: 'e'.repeat(64), conflicts: [name] });
    const { err, exitCode, controller } = await fairlead(`network restore ${ID} -f`, {
      ...answers,
      planRestore: () => present,
    });
    expect(err).toBe('web-1/ci-42 is there already, as eeeeeeeeeeee\n');
    expect(exitCode).toBe(0);
    expect(controller.of('restoreNetwork')).toEqual([]);
  });

  it('is what an earlier try has left undone', async () => {
    const present = aRestorePlan({ present: 'e'.repeat(64), attachments: [attachment] });
    const { err, controller } = await fairlead(`network restore ${ID} -f`, {
      ...answers,
      planRestore: () => present,
    });
    expect(err).toContain('web-1/ci-42 is there already, as eeeeeeeeeeee\n  attaches again one (exited) as db');
    expect(controller.of('restoreNetwork')).toHaveLength(1);
  });

  it('may come up only then', async () => {
    const restoreNetwork = () => {
      throw new FairleadError('record_mismatch', 'The record is not the one that was journaled');
    };
    expect((await fairlead(`network restore ${ID} -f`, { ...answers, restoreNetwork })).exitCode).toBe(4);
  });
});

describe('network restore --run', () => {
  const at = (second: number): string => `2026-11-24T02:00:0${second}.000Z`;
  const items = [
    aRunItem('b', { removal: 'r-b', endedAt: at(2) }),
    aRunItem('c', { host: 'web-2', removal: 'r-c', endedAt: at(3) }),
    aRunItem('a', { removal: 'r-a', endedAt: at(1) }),
    aRunItem('x', { outcome: 'failed', removal: null, endedAt: at(4) }),
  ];
  const planOf = ({ params: { id } }: Asked): RestorePlanView =>
    aRestorePlan({
      host: id === 'r-c' ? 'web-2' : 'web-1',
      network: { id: 'x', name: id! },
      ...(id === 'r-a' && { conflicts: [name] }),
    });
  const all = { ...answers, listRunItems: () => ({ items, total: 4, nextCursor: null }), planRestore: planOf };

  it('restores all that it has removed, oldest first, but what cannot be', async () => {
    const { controller, questions, exitCode, err } = await fairlead(`network restore --run ${RUN}`, all, {
      reply: 'y',
    });
    expect(controller.of('listRunItems')[0]?.query.toString()).toBe('outcome=removed&outcome=failed&limit=500');
    expect(controller.of('planRestore').map(({ params }) => params['id'])).toEqual(['r-a', 'r-b', 'r-c']);
    expect(questions).toEqual(['Restore 2 networks on 2 hosts? [y/N] ']);
    expect(controller.of('restoreNetwork').map(({ params }) => params['id'])).toEqual(['r-b', 'r-c']);
    expect(err.split('\n')).toEqual([
      'web-1/r-a cannot be made again:',
      '  the name ci-42 is taken',
      'web-1/r-b would be made again with 172.20.0.0/16, from the journal of its host',
      'web-2/r-c would be made again with 172.20.0.0/16, from the journal of its host',
      'Each of the 2: It gets a new id.',
      '',
    ]);
    expect(exitCode).toBe(4);
  });

  const BRIDGE = 'gets another name: firewall rules of the host that name it will not fit.';
  const bridged = (asked: Asked): RestorePlanView => ({
    ...planOf(asked),
    conflicts: [],
    losses: ['It gets a new id.', `Its bridge br-${asked.params['id']!.slice(2).padEnd(12, '0')} ${BRIDGE}`],
  });

  it('says once of all what differs only in the name of the bridge', async () => {
    const { err } = await fairlead(`network restore --run ${RUN}`, { ...all, planRestore: bridged }, { reply: 'n' });
    expect(err.split('\n').slice(3)).toEqual([
      'Each of the 3: It gets a new id.',
      `Each of the 3: Its bridge ${BRIDGE}`,
      'Nothing was done.',
      '',
    ]);
  });

  it('counts many by host, and tells of those that are odd only', async () => {
    const hostOf = (id: string): string => (Number(id.slice(2)) <= 15 ? 'web-1' : 'web-2');
    const many = Array.from({ length: 25 }, (_, i) => aRunItem(`n${i}`, { removal: `r-${i + 1}`, endedAt: at(1) }));
    const planRestore = (asked: Asked): RestorePlanView => {
      const id = asked.params['id']!;
      const own = { attachments: id === 'r-3' ? [attachment] : [], losses: ['It gets a new id.'] };
      const there = { present: 'e'.repeat(64) };
      return {
        ...bridged(asked),
        host: hostOf(id),
        ...(id === 'r-3' && own),
        ...(id === 'r-24' && there),
        ...(id === 'r-25' && { conflicts: [name] }),
      };
    };
    const failed = { ...result().attachments[0]!, outcome: 'failed' as const, reason: 'its address is taken' };
    const restoreNetwork = ({ params: { id } }: Asked) => {
      const view = restored({ attachments: id === 'r-4' ? [failed] : id === 'r-3' ? result().attachments : [] });
      return { ...view, host: hostOf(id!) };
    };
    const { err, out, exitCode } = await fairlead(
      `network restore --run ${RUN}`,
      { listRunItems: () => ({ items: many, total: 25, nextCursor: null }), planRestore, restoreNetwork },
      { reply: 'y' },
    );
    expect(err.split('\n')).toEqual([
      'web-2/r-25 cannot be made again:',
      '  the name ci-42 is taken',
      'web-2: 1 network there already',
      'web-1: 15 networks would be made again, 1 container attached again',
      'web-2: 8 networks would be made again',
      'Each of the 23: It gets a new id.',
      `22 of the 23: Its bridge ${BRIDGE}`,
      'To see each of them: --dry-run -o json',
      '',
    ]);
    expect(out.split('\n')).toEqual([
      'web-1/ci-42: made again as ffffffffffff',
      '  not attached: one: its address is taken',
      'web-1: 15 networks made again, 1 container attached again',
      'web-2: 8 networks made again',
      '',
    ]);
    expect(exitCode).toBe(1);
  });

  it('goes on with the others where one fails, and names it', async () => {
    const { err, out, exitCode } = await fairlead(`network restore --run ${RUN} -f`, {
      ...all,
      planRestore: (asked) => ({ ...planOf(asked), conflicts: [] }),
      restoreNetwork: ({ params }) => {
        if (params['id'] === 'r-b') throw new FairleadError('host_unavailable', "Host 'web-1' is offline");
        return restored();
      },
    });
    expect(err).toContain("web-1/r-b: error: Host 'web-1' is offline");
    expect(out.match(/made again/g)).toHaveLength(2);
    expect(exitCode).toBe(4);
  });

  it('names the networks that it has removed and cannot restore, and ends with 1', async () => {
    const lost = [...items, aRunItem('y', { removal: null }), aRunItem('z', { host: 'web-2', removal: null })];
    const free = {
      ...all,
      listRunItems: () => ({ items: lost, total: 6, nextCursor: null }),
      planRestore: (asked: Asked) => ({ ...planOf(asked), conflicts: [] }),
    };
    const named = 'Of 2 networks no record is kept, or not yet, so that nothing restores them now: web-1/y, web-2/z\n';
    for (const [flag, restores] of [
      ['-f', 3],
      ['--dry-run', 0],
    ] as const) {
      const { err, exitCode, controller } = await fairlead(`network restore --run ${RUN} ${flag}`, free);
      expect(err).toContain(named);
      expect(exitCode).toBe(1);
      expect(controller.of('restoreNetwork')).toHaveLength(restores);
    }
  });

  it('restores nothing where no record is kept of any, and ends with 1', async () => {
    const listRunItems = () => ({ items: [aRunItem('y', { removal: null })], total: 1, nextCursor: null });
    const { err, exitCode, controller } = await fairlead(`network restore --run ${RUN} -f`, { listRunItems });
    expect(err).toBe('Of one network no record is kept, or not yet, so that nothing restores it now: web-1/y\n');
    expect(exitCode).toBe(1);
    expect(controller.asked).toHaveLength(1);
  });

  it('says where there is nothing to restore', async () => {
    const listRunItems = () => ({ items: [], total: 0, nextCursor: null });
    const { exitCode, err } = await fairlead(`network restore --run ${RUN} -f`, { ...all, listRunItems });
    expect(exitCode).toBe(3);
    expect(err).toContain('has removed no network');
  });
});
