/** What the history tells of. Kinds are never reused: rows outlive versions. */
export const HISTORY_KINDS = [
  'network.created',
  'network.changed',
  'network.removed',
  'endpoint.connected',
  'endpoint.changed',
  'endpoint.disconnected',
] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];
