import type { ContainerDetails } from '@fairlead/engine';

/** Addresses of a name, or the resolver's own words. */
export interface Resolution {
  readonly addresses: readonly string[];
  readonly error: string;
}

export interface PingReport {
  readonly sent: number;
  readonly received: number;
  /** One for each echo that came back. */
  readonly roundTripMs: readonly number[];
  readonly error: string;
}

/** There is nothing to look with, and why. */
export interface NoTool {
  readonly missing: string;
}

export const isMissing = (result: object): result is NoTool => 'missing' in result;

/** Looks from inside the network of one container. */
export interface ProbeTools {
  /** Where the tools are: in the container, or on the host, put into the container's network namespace. */
  readonly method: 'container' | 'namespace';
  resolve(from: ContainerDetails, name: string): Promise<Resolution | NoTool>;
  ping(from: ContainerDetails, address: string, count: number): Promise<PingReport | NoTool>;
}

/** Seconds that the last echo is waited for. */
const LAST_WAIT_S = 2;

/** `ping` as iputils and busybox both take it. The address is never an option: it is one, or was resolved to. */
export const pingArguments = (address: string, count: number): string[] => [
  '-c',
  String(count),
  '-W',
  String(LAST_WAIT_S),
  address,
];

/** Time for a ping of `count` echoes one second apart, with room for a slow start, in milliseconds. */
export const pingLimitMs = (count: number): number => (count + LAST_WAIT_S + 4) * 1000;

/** A resolver asks twice for 5 s each where no server answers. */
export const RESOLVE_LIMIT_MS = 12_000;
