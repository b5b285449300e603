import { CronPattern } from 'croner';

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** What else it takes, as a person would write it. */
  readonly examples: string;
  /** A range that passes the end, in the two ranges that it takes. */
  readonly wrapped: string;
}

const field = (name: string, min: number, max: number, examples: string, wrapped: string): Field => ({
  name,
  min,
  max,
  examples,
  wrapped,
});

const FIELDS: readonly Field[] = [
  field('minute', 0, 59, "'*', '0,30', '10-20' or '*/15'", '50-59,0-10'),
  field('hour', 0, 23, "'*', '2,14', '9-17' or '*/6'", '22-23,0-6'),
  field('day', 1, 31, "'*', '1,15', '1-7', 'L' (the last) or '15W' (the working day nearest to it)", '25-31,1-5'),
  field('month', 1, 12, "'*', '1,7', 'JAN-MAR' or '*/3'", 'NOV-DEC,JAN'),
  field('weekday', 0, 7, "'*', 'MON,THU', 'MON-FRI', '5L' (the last Friday) or 'FRI#2' (the second)", 'FRI-SAT,SUN'),
];

export const FIELD_NAMES: readonly string[] = FIELDS.map(({ name }) => name);

/** What is wrong with the nth field of a pattern, a sentence each; empty where croner reads it. */
export function faultsOfField(text: string, index: number): string[] {
  const kind = FIELDS[index];
  if (kind === undefined || isReadable(text, index)) return [];
  const items = text.split(',').filter((item) => !isReadable(item, index));
  return (items.length === 0 ? [text] : items).map((item) => `${kind.name} '${item}' ${fault(item, kind)}`);
}

/** Croner's own sentences name fields by number and days one too low: only whether it throws is asked. */
function isReadable(text: string, index: number): boolean {
  try {
    new CronPattern(FIELDS.map((_, at) => (at === index ? text : '*')).join(' '), undefined, { mode: '5-part' });
    return text !== '';
  } catch {
    return false;
  }
}

function fault(item: string, { name, min, max, examples, wrapped }: Field): string {
  const numbers =
    item
      .replace(/[/#].*$/, '')
      .match(/\d+/g)
      ?.map(Number) ?? [];
  const [low = min, high = max] = numbers;
  const plain = /^\d+(-\d+)?([/#].*)?$/.test(item);
  if (plain && numbers.some((number) => number < min || number > max)) return `is not from ${min} to ${max}`;
  if (plain && low > high) return `runs backwards; write what passes the end as two, such as ${wrapped}`;
  const [, start, step] = /^(\d*)\/(\d+)$/.exec(item) ?? [];
  if (step !== undefined) return `steps from nowhere; write ${start ? `${start}-${max}` : '*'}/${step}`;
  if (/\/0*$/.test(item)) return `has no step; write */2, for every second ${name}`;
  return `cannot be read; write it like ${examples}`;
}
