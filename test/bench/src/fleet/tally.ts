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
});

export const sumOf = (tallies: readonly Tally[]): Tally => {
  const sum = emptyTally();
  for (const tally of tallies) for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
  return sum;
};
