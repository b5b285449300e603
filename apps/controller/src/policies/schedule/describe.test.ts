import { describe, expect, it } from '@jest/globals';
import { describeSchedule } from './describe.js';
import { scheduleOf } from './testing.js';
import { zoneRules } from './zone.js';

describe('a schedule for people', () => {
  it.each([
    ['0 2 * * *', 'at 02:00 every day, Europe/Berlin'],
    ['5 14 * * *', 'at 14:05 every day, Europe/Berlin'],
    ['@daily', 'at 00:00 every day, Europe/Berlin'],
    ['@hourly', 'every hour at minute 0, Europe/Berlin'],
    ['0 2 * * MON-FRI', 'at 02:00 every Monday to Friday, Europe/Berlin'],
    ['0 2 * * 6,7', 'at 02:00 every Saturday, Sunday, Europe/Berlin'],
    ['0 2 1 * *', 'at 02:00 on day 1 of the month, Europe/Berlin'],
    ['0 2 L * *', 'at 02:00 on the last day of the month, Europe/Berlin'],
    ['every 6h', 'every 6h'],
    ['*/15 * * * *', 'cron */15 * * * *, Europe/Berlin'],
    ['0  2 1 1 *', 'cron 0 2 1 1 *, Europe/Berlin'],
    ['0 2 1 * MON', 'cron 0 2 1 * MON, Europe/Berlin'],
    ['0 2 * * FRI#2', 'cron 0 2 * * FRI#2, Europe/Berlin'],
  ])('%s: %s', (when, words) => expect(describeSchedule(scheduleOf(when, 'Europe/Berlin'))).toBe(words));

  it('says when it may act', () => {
    const window = { from: '22:00', to: '04:00', days: [] };
    expect(describeSchedule(scheduleOf('0 23 * * *', 'Europe/Berlin', { window }))).toBe(
      'at 23:00 every day, Europe/Berlin; acts only from 22:00 to 04:00',
    );
    expect(describeSchedule(scheduleOf('every 6h', 'Europe/Berlin', { window: { ...window, days: [5, 6] } }))).toBe(
      'every 6h; acts only from 22:00 to 04:00 on Friday, Saturday, Europe/Berlin',
    );
  });
});

it('names the edition of the zone rules', () => expect(zoneRules()).toMatch(/^20\d\d[a-z]$/));
