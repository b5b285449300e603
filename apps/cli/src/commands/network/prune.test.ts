import { describe, expect, it } from '@jest/globals';
import { FairleadError, PRUNE_REASONS } from '@fairlead/domain';
import { fairlead } from '../../../test/run.js';
import { aHost, anOperation, aPlan, aPlanItem } from '../../../test/views.js';
import { toPruneFilters } from './prune.js';

const unused = (name: string) =>
  aPlanItem(name, { action: 'remove', reason: 'unused', explanation: 'no container, running or stopped, uses it' });
const stopped = aPlanItem('my-net', {
  action: 'keep',
  reason: 'stopped-containers',
  explanation: 'used by stopped containers one (exited), two (exited)',
});
const builtIn = aPlanItem('bridge', { action: 'keep', reason: 'predefined', explanation: 'built in' });
const plan = aPlan({ hash: 'h1', items: [builtIn, stopped, unused('old')] });
const only = { items: [aHost()], total: 1, nextCursor: null };
const ref = (name: string) => ({ id: name.padEnd(64, '0'), name });
const pruned = anOperation({
  kind: 'prune',
  target: {},
  result: { items: [{ network: ref('old'), outcome: 'removed', reason: '', code: '', engineMessage: '' }] },
});
const answers = { listHosts: () => only, planPrune: () => plan, pruneNetworks: () => pruned };

describe('network prune', () => {
  it('shows with --dry-run what would go and why networks of stopped containers stay, and removes nothing', async () => {
    const { out, exitCode, controller } = await fairlead('network prune --dry-run', answers);
    expect(out).toBe(
      [
        'HOST    NETWORK   DRIVER   CREATED   ACTION   WHY',
        'web-1   my-net    bridge   1d ago    keep     used by stopped containers one (exited), two (exited)',
        'web-1   old       bridge   1d ago    remove   no container, running or stopped, uses it',
        'web-1: 1 to remove, 2 kept (1 built in, 1 used by stopped containers)',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(0);
    expect(controller.of('pruneNetworks')).toEqual([]);
  });

  it('counts whatever is kept by its reason', async () => {
    const reasons = PRUNE_REASONS.filter((reason) => reason !== 'unused');
    const items = reasons.map((reason) => aPlanItem(reason, { action: 'keep', reason, explanation: 'kept' }));
    const { out } = await fairlead('network prune --dry-run', { ...answers, planPrune: () => aPlan({ items }) });
    const [, counts = ''] = /^web-1: 0 to remove, 10 kept \((.+)\)$/m.exec(out) ?? [];
    expect(counts.split(', ')).toEqual([
      '1 built in',
      '1 in use',
      '1 used by stopped containers',
      '1 configuration of others',
      '1 kept for a swarm',
      '1 protected',
      '1 of projects with containers',
      '1 with labels that are not known whole',
      '1 outside the label filters',
      '1 too young',
    ]);
  });

  it('asks, and sends the hash of the plan that was shown', async () => {
    const { out, err, questions, controller } = await fairlead(
      ['network', 'prune', '--filter', 'until=24h', '--filter', 'label!=keep=me'],
      answers,
      { reply: 'y' },
    );
    expect(err).toContain('used by stopped containers one');
    expect(questions).toEqual(['Remove 1 network on web-1? [y/N] ']);
    expect(out).toBe('web-1/old: removed\n');
    const [sent] = controller.of('pruneNetworks');
    expect(sent?.body).toEqual({
      until: '24h',
      labels: [],
      notLabels: ['keep=me'],
      planHash: 'h1',
      deadlineMs: 600_000,
    });
    expect(sent?.headers.get('idempotency-key')).toBe('key-1');
    expect(sent?.headers.get('prefer')).toBe('respond-async');
  });

  it.each(['', 'n', 'no', 'yesterday'])('removes nothing for the answer %j', async (reply) => {
    const { exitCode, err, controller } = await fairlead('network prune', answers, { reply });
    expect(controller.of('pruneNetworks')).toEqual([]);
    expect(err).toContain('Nothing was done.');
    expect(exitCode).toBe(4);
  });

  it('refuses to go on without a terminal and without --force', async () => {
    const { exitCode, err, controller } = await fairlead('network prune', answers);
    expect(exitCode).toBe(2);
    expect(err).toContain('--dry-run');
    expect(controller.asked).toEqual([]);
  });

  it('does not ask with --force', async () => {
    const { questions, out } = await fairlead('network prune --force', answers);
    expect(questions).toEqual([]);
    expect(out).toBe('web-1/old: removed\n');
  });

  it('waits for the end by asking for it, as a prune can take minutes', async () => {
    let asked = 0;
    const { out, slept } = await fairlead('network prune -f', {
      ...answers,
      pruneNetworks: () => ({ ...pruned, state: 'dispatched', outcome: null, result: null }),
      getOperation: () => (++asked < 3 ? { ...pruned, state: 'dispatched', outcome: null, result: null } : pruned),
    });
    expect(out).toBe('web-1/old: removed\n');
    expect(slept).toEqual([50, 100, 200]);
  });

  it('does not ask where there is nothing to remove', async () => {
    const { questions, exitCode, controller } = await fairlead(
      'network prune',
      { ...answers, planPrune: () => aPlan({ items: [builtIn] }) },
      { reply: 'y' },
    );
    expect(questions).toEqual([]);
    expect(controller.of('pruneNetworks')).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('fails where a network could not be removed, in the engine’s words', async () => {
    const item = {
      network: ref('old'),
      outcome: 'failed',
      reason: 'the engine failed',
      code: 'engine_failed',
      engineMessage: 'boom\n',
    } as const;
    const { out, exitCode } = await fairlead('network prune -f', {
      ...answers,
      pruneNetworks: () => ({ ...pruned, result: { items: [item] } }),
    });
    expect(out).toBe('web-1/old: failed, the engine failed, engine says: boom\n');
    expect(exitCode).toBe(1);
  });

  it('names by its id a network that was not looked at again', async () => {
    const network = { id: 'b0cf5eda79632fa09922f4075fa70a0cf2ae99699cd6cb32e6f8a61cac10cc35', name: '' };
    const kept = { outcome: 'kept', reason: 'not looked at', code: 'deadline_exceeded', engineMessage: '' } as const;
    const { out } = await fairlead('network prune -f', {
      ...answers,
      pruneNetworks: () => ({ ...pruned, result: { items: [{ network, ...kept }] } }),
    });
    expect(out).toBe('web-1/b0cf5eda7963: kept, not looked at\n');
  });

  it('says of a network that came into use as it went that it was made again', async () => {
    const reason = 'container new was made on it';
    const undone = { network: ref('old'), outcome: 'undone', reason, code: '', engineMessage: '' } as const;
    const { out, exitCode } = await fairlead('network prune -f', {
      ...answers,
      pruneNetworks: () => ({ ...pruned, result: { items: [{ ...undone, restored: 'f'.repeat(64) }] } }),
    });
    expect(out).toBe('web-1/old: undone, container new was made on it, made again as ffffffffffff\n');
    expect(exitCode).toBe(0);
  });

  it('goes on with the hosts that can be planned for, and names the others', async () => {
    const { out, err, exitCode } = await fairlead('network prune -f --all-hosts', {
      ...answers,
      listHosts: () => ({ items: [aHost(), aHost({ name: 'web-2' })], total: 2, nextCursor: null }),
      planPrune: ({ params }) => {
        if (params['host'] === 'web-2') throw new FairleadError('host_unavailable', "Host 'web-2' is offline");
        return plan;
      },
    });
    expect(out).toBe('web-1/old: removed\n');
    expect(err).toContain("web-2: error: Host 'web-2' is offline");
    expect(exitCode).toBe(4);
  });

  it('gives plans and operations as JSON', async () => {
    expect(JSON.parse((await fairlead('network prune --dry-run -o json', answers)).out)).toEqual(plan);
    expect(JSON.parse((await fairlead('network prune -f -o json', answers)).out)).toEqual(pruned);
    expect((await fairlead('network prune --dry-run -o name', answers)).out).toBe('web-1/old\n');
  });
});

describe('prune filters', () => {
  it('tells label from label!', () => {
    expect(toPruneFilters(['label=a=b', 'label!=c', 'label!=d=e'])).toEqual({
      labels: ['a=b'],
      notLabels: ['c', 'd=e'],
    });
  });

  it.each([['until=1h', 'until=2h'], ['name=x'], ['until']])('refuses %j', (...texts) => {
    expect(() => toPruneFilters(texts)).toThrow('--filter');
  });
});
