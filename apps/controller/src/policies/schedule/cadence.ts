import { FairleadError, formatDuration, nearest, parseDuration } from '@fairlead/domain';
import { type Calendar, calendarOf, nextDay } from './calendar.js';
import { FIELD_NAMES, faultsOfField } from './cron-fields.js';
import { remembered } from './remembered.js';
import { DAY, HORIZON_YEARS, MINUTE } from './schedule.js';

/** What `when` means: `every` a span of ms, or wall times; these by elapsed time where they name every hour. */
export type Cadence =
  | { readonly kind: 'every'; readonly ms: number }
  | { readonly kind: 'fixed' | 'elapsed'; readonly calendar: Calendar; readonly fields: readonly string[] };

/** From one run to the next. */
export const SHORTEST = 5 * MINUTE;
const LONGEST = HORIZON_YEARS * 365 * DAY;
const LONGEST_TEXT = 200;
const CADENCES_KEPT = 5000;
const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};
/** Every combination of weekdays and leap day comes within these. */
const ANY_28_YEARS = Array.from({ length: 28 }, (_, index) => Date.UTC(2001 + index) / DAY);

const unreadable = (message: string): FairleadError => new FairleadError('invalid_argument', message);

/** Reads `when`. @throws FairleadError `invalid_argument` */
export const cadenceOf = remembered(CADENCES_KEPT, (when: string): Cadence => {
  const text = when.trim();
  if (text === '') throw unreadable('no time is given; write five fields, such as 0 2 * * *, or every 6h');
  if (text.length > LONGEST_TEXT) throw unreadable(`the pattern is longer than ${LONGEST_TEXT} characters`);
  if (/^@?every/i.test(text)) return { kind: 'every', ms: intervalOf(text) };
  return wallTimesOf(text.startsWith('@') ? byNickname(text) : text);
});

function intervalOf(text: string): number {
  const ms = durationAfterEvery(text);
  if (ms === undefined) throw unreadable(`'${text}' is not an interval; write ${suggestedInterval(text)}`);
  if (ms < SHORTEST) throw unreadable(`'${text}' is too short; an interval is ${formatDuration(SHORTEST)} at least`);
  if (ms > LONGEST) throw unreadable(`'${text}' is too long; an interval is ${HORIZON_YEARS} years at most`);
  return ms;
}

function durationAfterEvery(text: string): number | undefined {
  const [, duration] = /^every\s+(\S+)$/.exec(text) ?? [];
  try {
    return duration === undefined ? undefined : parseDuration(duration);
  } catch {
    return undefined;
  }
}

function suggestedInterval(text: string): string {
  const words = /^@?every\s*(\d*\.?\d*)\s*(m|h|d|w)(?:in|inutes?|ins|ours?|rs?|ays?|eeks?)?$/i.exec(text);
  const [, count = '', unit = ''] = words ?? [];
  return words === null ? 'it as every 30m, every 6h or every 1d' : `every ${count || '1'}${unit.toLowerCase()}`;
}

function byNickname(text: string): string {
  const pattern = NICKNAMES[text.toLowerCase()];
  if (pattern !== undefined) return pattern;
  throw unreadable(`there is no '${text}'; did you mean ${nearest(text, Object.keys(NICKNAMES))}?`);
}

function wallTimesOf(text: string): Cadence {
  const fields = text.split(/\s+/);
  if (fields.length !== FIELD_NAMES.length) throw unreadable(wrongCount(text, fields.length));
  const faults = fields.flatMap((field, index) => faultsOfField(field, index));
  if (faults.length > 0) throw unreadable(faults.join('; '));
  const calendar = calendarOf(fields);
  if (!ANY_28_YEARS.every((day) => nextDay(calendar, day) !== undefined)) {
    const [, , day, month, weekday] = fields;
    const where = `month '${month}'${weekday === '*' ? '' : ` on weekday '${weekday}'`}`;
    throw unreadable(`'${text}' never comes, or not for ${HORIZON_YEARS} years: there is no day '${day}' in ${where}`);
  }
  return { kind: calendar.hours.length === 24 ? 'elapsed' : 'fixed', calendar, fields };
}

function wrongCount(text: string, count: number): string {
  const fields = `${count} ${count === 1 ? 'field' : 'fields'}`;
  return `'${text}' has ${fields}; a pattern takes five: ${FIELD_NAMES.join(' ')}${adviceOnCount(text, count)}`;
}

function adviceOnCount(text: string, count: number): string {
  const [, hour, minute] = /^(\d?\d):(\d\d)$/.exec(text) ?? [];
  if (hour !== undefined) return `; for ${text} every day write ${Number(minute)} ${Number(hour)} * * *`;
  if (Object.hasOwn(NICKNAMES, `@${text.toLowerCase()}`)) return `; write @${text.toLowerCase()}`;
  return count === 6 ? `; there are no seconds, so leave the first out: ${text.replace(/^\S+\s+/, '')}` : '';
}
