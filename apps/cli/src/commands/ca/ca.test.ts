import { describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { fairlead, NOW } from '../../../test/run.js';
import { aCa, aRoot } from '../../../test/views.js';

const createdAt = new Date(NOW - 3_600_000).toISOString();
const old = aRoot({ digest: 'aa', createdAt });
const fresh = aRoot({ digest: 'bb', state: 'prepared', hosts: 0, createdAt });

describe('ca status', () => {
  it('shows the roots and how many hosts have their certificate from each', async () => {
    const { out, err } = await fairlead('ca status', { getCa: () => aCa({ roots: [old] }) });
    expect(out).toBe(['ROOT   STATE    HOSTS   CREATED', 'aa     active   3       1h ago', ''].join('\n'));
    expect(err).toBe('');
  });

  it.each([
    [
      [old, fresh],
      ['web-2'],
      "'fairlead ca activate' waits for hosts that do not trust the prepared root yet: web-2\n",
    ],
    [[old, fresh], [], 'No host would be left behind. Next: fairlead ca activate\n'],
    [
      [
        { ...old, state: 'trusted' as const },
        { ...fresh, state: 'active' as const },
      ],
      ['web-2', 'web-3'],
      "'fairlead ca retire' waits for hosts that still have a certificate of the old root: web-2, web-3\n",
    ],
  ])('says what the next step waits for (%#)', async (roots, waitingFor, expected) => {
    const { err } = await fairlead('ca status', { getCa: () => aCa({ roots, waitingFor }) });
    expect(err).toBe(expected);
  });

  it('gives the view as data', async () => {
    const view = aCa({ roots: [old, fresh] });
    expect(JSON.parse((await fairlead('ca status -o json', { getCa: () => view })).out)).toEqual(view);
    expect((await fairlead('ca status -o name', { getCa: () => view })).out).toBe('aa\nbb\n');
  });
});

describe('the steps of a rotation', () => {
  const view = (): ReturnType<typeof aCa> => aCa({ roots: [old] });

  it('prepare asks nothing', async () => {
    const { questions, controller } = await fairlead('ca prepare', { prepareRoot: view }, { reply: 'n' });
    expect(questions).toEqual([]);
    expect(controller.of('prepareRoot')).toHaveLength(1);
  });

  it.each([
    ['activate', 'activateRoot'],
    ['retire', 'retireRoot'],
  ] as const)('%s asks on a terminal, and leaves nobody behind unless forced', async (step, id) => {
    const answers = { [id]: view };
    expect((await fairlead(`ca ${step}`, answers, { reply: 'n' })).controller.asked).toEqual([]);
    expect((await fairlead(`ca ${step}`, answers, { reply: 'y' })).controller.asked[0]?.body).toEqual({ force: false });
    expect((await fairlead(`ca ${step}`, answers)).controller.asked[0]?.body).toEqual({ force: false });
    expect((await fairlead(`ca ${step} -f`, answers)).controller.asked[0]?.body).toEqual({ force: true });
  });

  it.each([
    ['activate', 'activateRoot'],
    ['retire', 'retireRoot'],
  ] as const)('%s asks also when forced, saying so, and --yes is no force', async (step, id) => {
    const answers = { [id]: view };
    const forced = await fairlead(`ca ${step} --force`, answers, { reply: 'n' });
    expect(forced.questions).toEqual([expect.stringMatching(/left behind.*\? \[y\/N\] $/)]);
    expect(forced.controller.asked).toEqual([]);
    const sure = await fairlead(`ca ${step} --yes`, answers, { reply: 'n' });
    expect(sure.questions).toEqual([]);
    expect(sure.controller.asked[0]?.body).toEqual({ force: false });
    const both = await fairlead(`ca ${step} -y -f`, answers, { reply: 'n' });
    expect(both.questions).toEqual([]);
    expect(both.controller.asked[0]?.body).toEqual({ force: true });
  });

  it('is refused with the names of those left behind', async () => {
    const { err, exitCode } = await fairlead('ca retire', {
      retireRoot: () => {
        throw new FairleadError('hosts_left_behind', 'Some hosts would lose their link: web-2', { hint: 'Wait.' });
      },
    });
    expect(err).toBe('error: Some hosts would lose their link: web-2\nWait.\n');
    expect(exitCode).toBe(4);
  });
});
