import { type RunItem } from '../run.js';

/** A network of a run's plan that nothing was done about. */
export const aRunItem = (position: number, more: Partial<RunItem> = {}): RunItem => ({
  position,
  hostName: `host-${position}`,
  networkId: `id-${position}`,
  networkName: `net-${position}`,
  driver: 'bridge',
  digest: '',
  wave: 0,
  restorability: 'exactly',
  explanation: '',
  losses: [],
  state: 'planned',
  outcome: null,
  reason: '',
  code: '',
  engineMessage: '',
  operationId: null,
  restoredId: null,
  endedAt: null,
  ...more,
});
