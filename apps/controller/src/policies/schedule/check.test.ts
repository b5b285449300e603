import { describe, expect, it } from '@jest/globals';
import { checkSchedule, scheduleFaults } from './check.js';
import { scheduleOf } from './testing.js';

describe('what cannot be a schedule is refused in words that say what to write', () => {
  it.each([
    ['', 'no time is given; write five fields, such as 0 2 * * *, or every 6h'],
    ['99 * * * *', "minute '99' is not from 0 to 59"],
    ['0,75 25 * * *', "minute '75' is not from 0 to 59; hour '25' is not from 0 to 23"],
    ['0 2 32,L * *', "day '32' is not from 1 to 31"],
    ['0 2 * FOO *', "month 'FOO' cannot be read; write it like '*', '1,7', 'JAN-MAR' or '*/3'"],
    ['1,,2 * * * *', "minute '' cannot be read; write it like '*', '0,30', '10-20' or '*/15'"],
    ['0 22-6 * * *', "hour '22-6' runs backwards; write what passes the end as two, such as 22-23,0-6"],
    ['5/15 * * * *', "minute '5/15' steps from nowhere; write 5-59/15"],
    ['*/0 * * * *', "minute '*/0' has no step; write */2, for every second minute"],
    ['* * 31 2 *', "'* * 31 2 *' never comes, or not for 8 years: there is no day '31' in month '2'"],
    ['0 2 29 2 +MON', /^'0 2 29 2 \+MON' never comes, or not for 8 years: .* on weekday '\+MON'$/],
    [
      '0 0 2 * * *',
      /has 6 fields; a pattern takes five: minute hour day month weekday; .*leave the first out: 0 2 \* \* \*$/,
    ],
    ['* * * *', "'* * * *' has 4 fields; a pattern takes five: minute hour day month weekday"],
    ['02:30', /has 1 field; .*; for 02:30 every day write 30 2 \* \* \*$/],
    ['Daily', /; write @daily$/],
    ['@dayly', "there is no '@dayly'; did you mean @daily?"],
    ['* * * * *', "'* * * * *' comes 1m after it came; runs are 5m apart at least"],
    ['*/4 2 * * *', "'*/4 2 * * *' comes 4m after it came; runs are 5m apart at least"],
    ['0,58 2,3 * * *', "'0,58 2,3 * * *' comes 2m after it came; runs are 5m apart at least"],
    ['1,57 0,23 * * *', "'1,57 0,23 * * *' comes 4m after it came; runs are 5m apart at least"],
    ['*/7 * * * *', "'*/7 * * * *' comes 4m after it came; runs are 5m apart at least"],
    ['every 0h', "'every 0h' is too short; an interval is 5m at least"],
    ['every 4m59s', "'every 4m59s' is too short; an interval is 5m at least"],
    ['every 9999w', "'every 9999w' is too long; an interval is 8 years at most"],
    ['every 6 hours', "'every 6 hours' is not an interval; write every 6h"],
    ['every day', "'every day' is not an interval; write every 1d"],
    ['@every 6h', "'@every 6h' is not an interval; write every 6h"],
    ['every 2 months', "'every 2 months' is not an interval; write it as every 30m, every 6h or every 1d"],
    ['0'.repeat(201), 'the pattern is longer than 200 characters'],
  ])('when: %p', (when, message) =>
    expect(scheduleFaults(scheduleOf(when))).toEqual([
      { path: '/when', message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ]),
  );

  const aPlace = 'name a place, such as Europe/Berlin, or UTC';
  it.each([
    ['', `no time zone is given; ${aPlace}`],
    ['Berlin', "'Berlin' is not a time zone; did you mean Europe/Berlin?"],
    ['Europe/Berlim', "'Europe/Berlim' is not a time zone; did you mean Europe/Berlin?"],
    ['New York', "'New York' is not a time zone; did you mean America/New_York?"],
    ['Kolkata', "'Kolkata' is not a time zone; did you mean Asia/Kolkata?"],
    ['Indiana', /did you mean America\/Indiana\/Indianapolis or America\/Indiana\/\w+ or America\/Indiana\/\w+\?$/],
    ['CET+1', `'CET+1' is not a time zone; an offset cannot follow daylight-saving time: ${aPlace}`],
    ['+02:00', `'+02:00' is not a time zone; an offset cannot follow daylight-saving time: ${aPlace}`],
    // ICU takes it, and means the time of Bangladesh.
    ['BST', `'BST' is not a time zone; an abbreviation may mean several: ${aPlace}`],
    ['x'.repeat(100_000), /did you mean \S+\?$/],
  ])('zone: %.20p', (zone, message) =>
    expect(scheduleFaults(scheduleOf('@daily', zone))).toEqual([
      { path: '/zone', message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ]),
  );

  it.each([
    [
      '2:00',
      '25:00',
      [],
      ['/window/from', '/window/to'],
      "'2:00' is not a time of day; write hours and minutes, such as 02:00",
    ],
    ['00:60', '04:00', [], ['/window/from'], "'00:60' is not a time of day; write hours and minutes, such as 02:00"],
    ['02:00', '24:01', [], ['/window/to'], "'24:01' is not a time of day; write hours and minutes, such as 02:00"],
    ['24:00', '04:00', [], ['/window/from'], 'a day begins at 00:00'],
    [
      '02:00',
      '02:00',
      [],
      ['/window/to'],
      'a window from 02:00 to 02:00 has no length; write 00:00 to 24:00 for a whole day',
    ],
    ['02:00', '04:00', [1, 7], ['/window/days'], '7 is not a day; they go from 0 (Sunday) to 6'],
  ])('window: %s to %s on %p', (from, to, days, paths, message) => {
    const faults = scheduleFaults(scheduleOf('@daily', 'UTC', { window: { from, to, days } }));
    expect(faults.map(({ path }) => path)).toEqual(paths);
    expect(faults[0]?.message).toBe(message);
  });

  it.each([-1, 1.5, NaN, 86_400_001])('jitter: %p', (jitterMs) =>
    expect(scheduleFaults(scheduleOf('@daily', 'UTC', { jitterMs }))).toEqual([
      { path: '/jitterMs', message: `${jitterMs} is not a whole number of milliseconds from 0 to 86400000 (a day)` },
    ]),
  );

  it('all at once', () => {
    const window = { from: '02:00', to: '02:00', days: [] };
    const schedule = scheduleOf('99 * * * *', 'Berlin', { jitterMs: -1, window });
    const words =
      /^The schedule is not valid: when: minute .*; zone: 'Berlin' .*; jitterMs: -1 .*; window\.to: a window/;
    expect(() => checkSchedule(schedule)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringMatching(words),
        hint: expect.stringContaining('every 6h'),
        faults: ['/when', '/zone', '/jitterMs', '/window/to'].map((path) => expect.objectContaining({ path })),
      }),
    );
  });
});

describe('what is a schedule is taken', () => {
  it.each([
    '0 2 * * *',
    ' 0  2\t* * * ',
    '@hourly',
    '@daily',
    '@weekly',
    '@monthly',
    '@Yearly',
    'every 5m',
    'every 1h30m',
  ])('when: %p', (when) => expect(() => checkSchedule(scheduleOf(when))).not.toThrow());

  it.each([
    '0 2 L * *',
    '0 2 29 2 *',
    '0 2 31 2 MON',
    '*/5 * * * *',
    '0,58 2,4 * * *',
    '2,57 * * * *',
    '0 2 * JAN-MAR MON,WED',
    '0 2 15W * *',
    '0 2 * * 5#2',
  ])('when: %p, as croner reads it', (when) => expect(() => checkSchedule(scheduleOf(when))).not.toThrow());

  it.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Calcutta', 'US/Eastern', 'CET', 'EST5EDT', 'Etc/GMT+5'])(
    'zone: %s',
    (zone) => expect(scheduleFaults(scheduleOf('@daily', zone))).toEqual([]),
  );

  it('with a window over midnight, over a whole day, and a jitter of nothing', () => {
    const windows = [
      { from: '22:00', to: '04:00', days: [0, 6] },
      { from: '22:00', to: '00:00', days: [] },
      { from: '00:00', to: '24:00', days: [6] },
    ];
    for (const window of windows) checkSchedule(scheduleOf('@daily', 'UTC', { jitterMs: 0, window }));
  });
});
