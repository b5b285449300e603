/** Of a plan, for the API's document. */
export const policyPlanExample = {
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  policy: { id: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071', name: 'nightly', version: 1 },
  at: '2026-11-24T09:30:00.000Z',
  summary: {
    hosts: 0,
    networks: 0,
    remove: 0,
    keep: 0,
    reasons: {},
    restorability: {},
    leftOut: [],
    leftOutTotal: 0,
    simulatedHosts: 0,
    overCaps: [],
  },
  items: [],
  nextCursor: null,
};
