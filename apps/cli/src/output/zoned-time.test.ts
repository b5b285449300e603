import { describe, expect, it } from '@jest/globals';
import { inZone } from './zoned-time.js';

describe('a time by the clock of a zone', () => {
  it.each([
    ['2026-10-25T00:30:00.000Z', 'Europe/Berlin', 'Sun 2026-10-25 02:30 +02:00'],
    ['2026-10-25T01:30:00.000Z', 'Europe/Berlin', 'Sun 2026-10-25 02:30 +01:00'],
    ['2026-11-24T23:00:00.000Z', 'Asia/Kolkata', 'Wed 2026-11-25 04:30 +05:30'],
    ['2026-11-24T00:00:00.000Z', 'UTC', 'Tue 2026-11-24 00:00 +00:00'],
    ['2026-11-24T02:00:00.000Z', 'Mars/Olympus', 'Tue 2026-11-24 02:00 +00:00'],
  ])('%s in %s is %s', (time, zone, shown) => expect(inZone(time, zone)).toBe(shown));
});
