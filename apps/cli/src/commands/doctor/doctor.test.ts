import { type ConsistencyView, consistency } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { fairlead } from '../../../test/run.js';
import { aHost } from '../../../test/views.js';

const sound = (host: string, overrides: Partial<ConsistencyView> = {}): ConsistencyView => ({
  ...(consistency.meta()?.['example'] as ConsistencyView),
  host,
  networks: 9,
  endpoints: 20,
  ...overrides,
});
const fleet = (...names: string[]) => ({
  items: names.map((name) => aHost({ name })),
  total: names.length,
  nextCursor: null,
});
const ID = 'a'.repeat(64);

describe('doctor', () => {
  it('compares every host, and exits with 0 where nothing differs', async () => {
    const { out, err, exitCode, controller } = await fairlead('doctor --consistency', {
      listHosts: () => fleet('web-1', 'web-2', 'web-3'),
      checkHost: ({ params }) => sound(params['host']!),
    });
    expect(out).toBe('3 hosts, 27 networks, 60 endpoints compared: consistent\n');
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 });
    expect(controller.of('checkHost').map(({ params }) => params['host'])).toEqual(['web-1', 'web-2', 'web-3']);
  });

  it('shows what differs, with names that cannot steer the terminal, and exits with 1', async () => {
    const differences: ConsistencyView['differences'] = [
      { network: { id: ID, name: 'lost' }, kind: 'missing', fields: [] },
      { network: { id: ID, name: 'x\u001b[2J' }, kind: 'extra', fields: [] },
      {
        network: { id: ID, name: 'net' },
        kind: 'different',
        fields: [{ field: 'internal', inventory: false, engine: true }],
      },
    ];
    const { out, exitCode } = await fairlead('doctor', {
      listHosts: () => fleet('web-1'),
      checkHost: ({ params }) => sound(params['host']!, { consistent: false, differences }),
    });
    expect(out.split('\n')).toEqual([
      'HOST    NETWORK      WHAT',
      'web-1   lost         the engine has it, the inventory does not',
      'web-1   x\\u001b[2J   the inventory has it, the engine does not',
      'web-1   net          internal: false, in the engine true',
      '1 hosts, 9 networks, 20 endpoints compared: 3 differences',
      '',
    ]);
    expect(exitCode).toBe(1);
  });

  it('names the hosts that could not be compared, and is not content', async () => {
    const { out, err, exitCode } = await fairlead('doctor --all-hosts', {
      listHosts: () => fleet('web-1', 'web-2'),
      checkHost: ({ params }) => {
        if (params['host'] === 'web-2') throw new FairleadError('host_unavailable', 'It is offline');
        return sound('web-1');
      },
    });
    expect(err).toBe('web-2: not compared: It is offline\n');
    expect(out).toContain('1 hosts, 9 networks');
    expect(exitCode).toBe(1);
  });

  it('names the first of very many, and counts the others', async () => {
    const all = Array.from({ length: 25 }, (_, n) => `web-${n}`);
    const { err, exitCode } = await fairlead('doctor', {
      listHosts: () => fleet(...all),
      checkHost: () => {
        throw new FairleadError('host_unavailable', 'It is offline');
      },
    });
    expect(err.split('\n')).toHaveLength(22);
    expect(err).toContain('... and 5 more hosts were not compared\n');
    expect(exitCode).toBe(1);
  });

  it('passes on which hosts are meant, and gives data as REST does', async () => {
    const { out, controller } = await fairlead('doctor --on env=prod -o json', {
      listHosts: () => fleet('web-1'),
      checkHost: () => sound('web-1'),
    });
    expect(controller.of('listHosts')[0]!.query.get('on')).toBe('env=prod');
    expect(JSON.parse(out)).toEqual([sound('web-1')]);
  });
});
