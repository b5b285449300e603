/** Milliseconds since the epoch. Passed in wherever time matters, so that tests can turn it. */
export type Clock = () => number;

/** RFC 3339 with milliseconds, in UTC. */
export const toTimestamp = (ms: number): string => new Date(ms).toISOString();

export const toTimestampOrNull = (ms: number | null): string | null => (ms === null ? null : toTimestamp(ms));
