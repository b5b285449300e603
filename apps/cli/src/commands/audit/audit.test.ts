import type { AuditVerdictView } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { anAuditEntry } from '../../../test/views.js';

describe('audit ls', () => {
  it('shows who did what from where, and what came of it', async () => {
    const items = [
      anAuditEntry(),
      anAuditEntry({
        seq: 16,
        host: null,
        action: 'token.create',
        outcome: 'done',
        target: { token: { id: 'k3', name: 'ci' }, deep: {} },
        detail: {},
      }),
    ];
    const { out } = await fairlead('audit ls', { listAudit: () => ({ items, total: 2, nextCursor: null }) });
    expect(out).toBe(
      [
        'SEQ   AT                         ACTOR    FROM        ACTION           HOST    TARGET     OUTCOME   DETAIL',
        '17    2026-11-25T09:30:00.000Z   deploy   127.0.0.1   network.remove   web-1              refused   code=forbidden',
        '16    2026-11-25T09:30:00.000Z   deploy   127.0.0.1   token.create             token=ci   done',
        '',
      ].join('\n'),
    );
  });

  it('passes the filters on, and reads as many pages as asked for', async () => {
    const line = 'audit ls --host a --host b --actor deploy --action network.* --outcome refused -n 2 -q';
    const { out, controller } = await fairlead(line, {
      listAudit: ({ query }) =>
        query.has('cursor')
          ? { items: [anAuditEntry({ seq: 8 })], total: 3, nextCursor: 'more' }
          : { items: [anAuditEntry({ seq: 9 })], total: 3, nextCursor: 'next' },
    });
    expect(out).toBe('9\n8\n');
    expect(controller.asked.map(({ query }) => query.toString())).toEqual([
      'host=a&host=b&actor=deploy&action=network.*&outcome=refused&limit=2',
      'host=a&host=b&actor=deploy&action=network.*&outcome=refused&limit=1&cursor=next',
    ]);
  });

  it('spells out what would steer the terminal', async () => {
    const entry = anAuditEntry({ target: { name: 'x\u001b[2J' } });
    const { out } = await fairlead('audit ls', { listAudit: () => ({ items: [entry], total: 1, nextCursor: null }) });
    expect(out).toContain('name=x\\u001b[2J');
  });
});

describe('audit verify', () => {
  const sound: AuditVerdictView = {
    sound: true,
    entries: 1042,
    checkpoints: 17,
    witnesses: [{ host: 'web-1', checkpoints: 17, newestSeq: 1040 }],
    unasked: ['web-9'],
    faults: [],
  };
  const broken: AuditVerdictView = {
    ...sound,
    sound: false,
    unasked: [],
    faults: [
      { seq: 12, kind: 'edited', explanation: 'The entry does not fit its hash', witness: null },
      { seq: 1001, kind: 'truncated', explanation: 'The chain ends before the checkpoint', witness: 'web-1' },
    ],
  };

  it('exits with 0 where it is sound, and says what that is worth', async () => {
    const { out, exitCode } = await fairlead('audit verify', { verifyAudit: () => sound });
    expect(out).toBe(
      [
        'The audit is sound.',
        'Entries: 1042. Signed checkpoints compared: 17.',
        'Hosts that vouch for it: web-1 up to entry 1040.',
        'Hosts that could not be asked: web-9.',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(0);
  });

  it('exits with 1 where it is not, naming the first bad entries and who shows it', async () => {
    const { out, exitCode } = await fairlead('audit verify', { verifyAudit: () => broken });
    expect(out.split('\n').slice(0, 3)).toEqual([
      'THE AUDIT IS NOT WHAT IT WAS.',
      '  entry 12: edited: The entry does not fit its hash',
      '  entry 1001: truncated: The chain ends before the checkpoint (witness: web-1)',
    ]);
    expect(exitCode).toBe(1);
  });

  it('exits so in data forms too', async () => {
    const { out, exitCode } = await fairlead('audit verify -o json', { verifyAudit: () => broken });
    expect(JSON.parse(out)).toEqual(broken);
    expect(exitCode).toBe(1);
    expect((await fairlead('audit verify -o name', { verifyAudit: () => broken })).out).toBe('12\n1001\n');
  });
});
