import { FairleadError } from './errors.js';

/** Milliseconds a unit, as in Go's durations, with `d` and `w` added because people keep networks for weeks. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads `90s`, `1h30m`, `1.5h`, `14d`. Returns milliseconds.
 * @throws FairleadError `invalid_argument` for anything else, negative values included.
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/gy)];
  const read = parts.reduce((length, [part]) => length + part.length, 0);
  if (parts.length === 0 || read !== text.length) {
    throw new FairleadError('invalid_argument', `'${text}' is not a duration`, {
      hint: 'Write a number and a unit, such as 30s, 10m, 24h, 14d or 1h30m.',
    });
  }
  const total = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? NaN), 0);
  if (!Number.isSafeInteger(Math.round(total))) {
    throw new FairleadError('invalid_argument', `The duration '${text}' is too long`);
  }
  return Math.round(total);
}

/** The two largest units, rounded down: `3d 4h`, `12m 30s`, `840ms`. `ms` must not be negative. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.floor(ms)}ms`;
  const units = ['d', 'h', 'm', 's'] as const;
  const first = units.findIndex((unit) => ms >= (UNITS[unit] ?? 0));
  const largest = units[first] ?? 's';
  const next = units[first + 1];
  const whole = Math.floor(ms / (UNITS[largest] ?? 1));
  const rest = ms - whole * (UNITS[largest] ?? 1);
  const small = next === undefined ? 0 : Math.floor(rest / (UNITS[next] ?? 1));
  return small === 0 ? `${whole}${largest}` : `${whole}${largest} ${small}${next}`;
}

/**
 * The instant an `until` filter names, as `docker network prune --filter until=` reads it: a duration before `now`, an
 * RFC 3339 time, or Unix seconds. Returns milliseconds since the epoch.
 * @throws FairleadError `invalid_argument`
 */
export function parseUntil(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = Date.parse(/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text) ? `${text}Z` : text);
    if (!Number.isNaN(time)) return time;
  }
  try {
    return now - parseDuration(text);
  } catch (cause) {
    throw new FairleadError('invalid_argument', `'${text}' is neither a duration nor a time`, {
      hint: 'Write how long ago, such as 24h, a time such as 2026-11-01T00:00:00Z, or Unix seconds.',
      cause,
    });
  }
}
