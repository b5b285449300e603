import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../test/run.js';
import { aFreeze } from '../../test/views.js';

const frozen = aFreeze({ frozen: true, actor: 'ann', at: '2026-11-24T09:30:00.000Z', reason: 'incident 42' });
const thawed = { ...frozen, frozen: false, reason: '' };

describe('freeze', () => {
  it('freezes without a question, and says how to let it go on', async () => {
    const { out, controller, questions, exitCode } = await fairlead(
      'freeze',
      { setFreeze: () => ({ ...frozen, already: false }) },
      { reply: 'n' },
    );
    expect(controller.asked[0]?.body).toEqual({ frozen: true });
    expect(questions).toEqual([]);
    expect(out).toBe(
      'frozen by ann since 2026-11-24T09:30:00.000Z: incident 42\n' +
        'No network is removed and no container detached on any host. To let it go on: fairlead freeze off\n',
    );
    expect(exitCode).toBe(0);
  });

  it('says that it was frozen already, by whom and why', async () => {
    const { out } = await fairlead('freeze', { setFreeze: () => ({ ...frozen, already: true }) });
    expect(out).toMatch(/^already frozen by ann since 2026-11-24T09:30:00.000Z: incident 42\n/);
  });

  it('says why', async () => {
    const { controller } = await fairlead(['freeze', 'on', '--reason', 'incident 42'], {
      setFreeze: () => ({ ...frozen, already: false }),
    });
    expect(controller.asked[0]?.body).toEqual({ frozen: true, reason: 'incident 42' });
  });

  it('lets it go on', async () => {
    const { out, controller } = await fairlead('freeze off', { setFreeze: () => ({ ...thawed, already: true }) });
    expect(controller.asked[0]?.body).toEqual({ frozen: false });
    expect(out).toBe('not frozen, ann let it go on at 2026-11-24T09:30:00.000Z\nNetworks may be removed.\n');
  });

  it('shows which it is, and changes nothing', async () => {
    const { out, controller } = await fairlead('freeze status', { getFreeze: () => aFreeze() });
    expect(out).toBe('not frozen\nNetworks may be removed.\n');
    expect(controller.asked.map(({ id }) => id)).toEqual(['getFreeze']);
    expect((await fairlead('freeze status -o name', { getFreeze: () => frozen })).out).toBe('on\n');
    expect(JSON.parse((await fairlead('freeze status -o json', { getFreeze: () => frozen })).out)).toEqual(frozen);
  });

  it.each(['freeze now', 'freeze status --reason x'])('refuses %s', async (line) =>
    expect((await fairlead(line, {})).exitCode).toBe(2),
  );

  it('says where somebody may not', async () => {
    const setFreeze = () => {
      throw new FairleadError('forbidden', 'This needs the role operator');
    };
    expect((await fairlead('freeze', { setFreeze })).exitCode).toBe(4);
  });
});
