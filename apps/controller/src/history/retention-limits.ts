/** For how long records are kept that outlive what they speak of. */
export interface RetentionLimits {
  /** Entries of the history. */
  readonly historyDays: number;
  /** The last records of networks that are gone. */
  readonly removedDays: number;
  /** Finished operations, runs and notices. Operations whose outcome is unknown stay until it is settled. */
  readonly operationDays: number;
  /** Most entries of the history, however young: a container that restarts all the time shall not fill the disk. */
  readonly historyRows: number;
}

export const DEFAULT_RETENTION: RetentionLimits = {
  historyDays: 90,
  removedDays: 365,
  operationDays: 90,
  historyRows: 5_000_000,
};
