import { describe, expect, it } from '@jest/globals';
import type { Answers } from '../../test/fake-controller.js';
import { fairlead } from '../../test/run.js';
import { aHost, aPlan, aPlanItem, aPolicyItem, aPolicyPlan, aRestorePlan, aRun, aRunItem } from '../../test/views.js';

const ID = '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072';
const verdict = { action: 'remove', reason: 'unused', explanation: 'unused' } as const;
const waiting = aRun({ id: ID, state: 'awaiting-approval', outcome: null, planHash: 'h1' });
/** What is only read before a question. */
const reads: Answers = {
  listHosts: () => ({ items: [aHost()], total: 1, nextCursor: null }),
  planPrune: () => aPlan({ items: [aPlanItem('old', verdict)] }),
  planRestore: () => aRestorePlan(),
  planPolicy: () => aPolicyPlan([aPolicyItem('ci-1')]),
  getRun: () => waiting,
  listRunItems: () => ({ items: [aRunItem('ci-1')], total: 1, nextCursor: null }),
};

describe('a question that is answered with no', () => {
  it.each([
    'host rm web-1',
    'host revoke web-1',
    'host resolve web-1 --keep i-1',
    'host join-token rm t-1',
    'token rm deploy',
    'ca activate',
    'ca retire',
    'network prune',
    `network restore ${ID}`,
    'policy rm nightly',
    'policy run nightly',
    `policy approve ${ID}`,
  ])('ends %s with 4, and nothing is done', async (line) => {
    // Ctrl-D is an empty answer, and Ctrl-C too.
    for (const reply of ['n', '']) {
      const { exitCode, err, questions } = await fairlead(line, reads, { reply });
      expect(questions).toHaveLength(1);
      expect(err).toMatch(/Nothing was done\.\n$/);
      expect(exitCode).toBe(4);
    }
  });
});
