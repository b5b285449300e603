/** `Wed 2026-11-25 02:00 +01:00`: a time by the clock of a zone. In UTC where this machine does not know the zone. */
export function inZone(time: string, zone: string): string {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(new Date(time))
      .map(({ type, value }) => [type, value]),
  );
  const [weekday, year, month, day] = (['weekday', 'year', 'month', 'day'] as const).map((type) => parts.get(type));
  const [hour, minute, offset] = (['hour', 'minute', 'timeZoneName'] as const).map((type) => parts.get(type));
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute} ${offset?.slice('GMT'.length) || '+00:00'}`;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit';
  const shown = { weekday: 'short', year: 'numeric', month: two, day: two, hour: two, minute: two } as const;
  const options = { ...shown, hourCycle: 'h23', timeZoneName: 'longOffset' } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  }
}
