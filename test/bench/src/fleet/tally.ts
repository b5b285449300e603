/** What all agents of a process have done so far. */
export interface Tally {
  /** Sessions whose inventory was asked for; more than there are agents after reconnects. */
  sessions: number;
  /** Agents whose inventory is watched now. */
  watched: number;
  bookmarks: number;
  deltas: number;
  /** Snapshots that were begun. */
  snapshots: number;
  chunks: number;
  commands: number;
  /** Changes that happened by themselves. */
  changes: number;
  /** Why there was no link, and how often. */
  readonly lost: Record<string, number>;
}

export const emptyTally = (): Tally => ({
  sessions: 0,
  watched: 0,
  bookmarks: 0,
  deltas: 0,
  snapshots: 0,
  chunks: 0,
  commands: 0,
  changes: 0,
  lost: {},
});

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const { lost, ...counts } of tallies) {
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) sum[key] += counts[key];
    for (const [reason, count] of Object.entries(lost)) noteLost(sum, reason, count);
  }
  return sum;
}

/** What grpc-js adds in brackets has the time of day in it. */
const DETAILS = / \(No connection established.*/s;

export const noteLost = ({ lost }: Tally, reason: string, count = 1): void => {
  const why = reason.replace(DETAILS, '');
  lost[why] = (lost[why] ?? 0) + count;
};
