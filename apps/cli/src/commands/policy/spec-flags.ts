import { type NetworkRuleView, NOTIFICATION_EVENTS, type PolicySpecView } from '@fairlead/api';
import { FairleadError, nearest, parseSelector, POLICY_RUN_MODES } from '@fairlead/domain';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { durationText, integer, parsed, positive } from '../../flags.js';
import { parseRule } from './rule-terms.js';

type NotificationView = PolicySpecView['notify'][number];
type WindowView = NonNullable<NonNullable<PolicySpecView['schedule']>['window']>;

/** What flags say of a policy; what is false was taken away with `--no-…`. */
export interface SpecFlags {
  readonly on?: string;
  readonly match?: readonly NetworkRuleView[] | false;
  readonly matchAll?: boolean;
  readonly exempt?: readonly NetworkRuleView[] | false;
  readonly unusedFor?: string;
  readonly minAge?: string;
  readonly schedule?: string | false;
  readonly zone?: string;
  /** null: as the controller chooses. */
  readonly jitter?: string | null;
  readonly startWithin?: string;
  readonly window?: Pick<WindowView, 'from' | 'to'> | false;
  readonly windowDays?: WindowView['days'];
  readonly mode?: PolicySpecView['mode'];
  readonly approveWithin?: string;
  readonly maxNetworks?: number;
  readonly maxHostPercent?: number;
  readonly maxFleetPercent?: number;
  readonly canary?: string;
  readonly stopFailures?: number;
  readonly stopFailedPercent?: number;
  readonly stopUnreachablePercent?: number;
  readonly notify?: readonly NotificationView[] | false;
}

export const RULES_HELP = `
A rule is terms joined by commas, all of which have to fit: driver=bridge, name=ci-*, label=team=web, label=!keep,
project=infra-*, scope=local, prefix=24-28 (of a subnet). Of a key that comes several times one value has to fit, but of
labels all. Each label is a term of its own. Names with commas: -f.`;

/** One flag for every field of a policy. */
export function withSpec(command: Command): Command {
  withWhat(command);
  withWhen(command);
  return withHow(command);
}

const withWhat = (command: Command): Command =>
  command
    .addOption(
      new Option('--on <selector>', "hosts by label, such as 'env!=prod' (default: all hosts)").argParser(selectorText),
    )
    .addOption(
      new Option(
        '--match <rule>',
        'only networks that fit, such as driver=bridge,name=ci-*; may be repeated: one has to fit',
      ).argParser(each(parseRule)),
    )
    .option('--match-all', 'every unused network is meant, where no --match narrows them')
    .addOption(
      new Option('--exempt <rule>', 'keep networks that fit, such as label=keep; may be repeated').argParser(
        each(parseRule),
      ),
    )
    .option('--unused-for <duration>', 'only networks that nobody was seen on for so long (default: 14d)', durationText)
    .option('--min-age <duration>', 'only networks that are so old (default: 24h)', durationText);

const withWhen = (command: Command): Command =>
  command
    .option('--schedule <when>', "when it runs by itself: '0 2 * * *' (cron) or 'every 6h' (default: never)")
    .option('--zone <zone>', 'time zone of the schedule, such as Europe/Berlin (default: UTC)')
    .option('--jitter <duration>', 'begin up to so much later; auto: a tenth of the period, 5m at most', jitter)
    .option(
      '--start-within <duration>',
      'catch a missed run up until so long after its time (default: 1h)',
      durationText,
    )
    .option('--window <times>', 'remove only then, such as 01:00-05:00; may pass midnight', parsed(parseWindow))
    .option('--window-days <days>', 'and only on these days, such as mon-fri or sat,sun', parsed(parseDays));

const withHow = (command: Command): Command =>
  command
    .addOption(
      new Option('--mode <mode>', 'only tell, wait for a yes to each plan, or remove by itself').choices(
        POLICY_RUN_MODES,
      ),
    )
    .option('--approve-within <duration>', 'how long a plan waits for its approval (default: 24h)', durationText)
    .option('--max-networks <n>', 'networks that one run may remove (default: 20)', integer)
    .option('--max-host-percent <n>', 'of the networks of one host (default: 10)', percent)
    .option('--max-fleet-percent <n>', 'of the networks of all hosts (default: 5)', percent)
    .option('--canary <selector>', 'host to begin with, by label (default: the first by name)', selectorText)
    .option('--stop-failures <n>', 'stop after so many failed removals (default: 2)', positive)
    .option('--stop-failed-percent <n>', 'or when so many percent have failed (default: 5)', percent)
    .option('--stop-unreachable-percent <n>', 'or when so many percent of the hosts went away (default: 10)', percent)
    .addOption(
      new Option(
        '--notify <channel>',
        `where to tell how runs go, CHANNEL or CHANNEL:EVENT,…; may be repeated; events: ${NOTIFICATION_EVENTS.join(', ')}`,
      ).argParser(each(parseNotification)),
    );

/** For options that may be repeated, and that `--no-…` may have taken away before. */
const each =
  <T>(parse: (text: string) => T) =>
  (text: string, previous: readonly T[] | false = []): T[] => [...(previous || []), parsed(parse)(text)];

function selectorText(text: string): string {
  parsed(parseSelector)(text);
  return text;
}

const jitter = (text: string): string | null => (text === 'auto' ? null : durationText(text));

function percent(text: string): number {
  const value = /^\d{1,3}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  if (value <= 100) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 100.');
}

/** `24:00` is an end only. */
function parseWindow(text: string): Pick<WindowView, 'from' | 'to'> {
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return { from, to };
  throw new FairleadError('invalid_argument', `'${text}' is not a time of day`, { hint: 'Write it as 01:00-05:00.' });
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** `mon-fri`, `fri-mon`, `sat,sun`: numbers of days, 0 is Sunday. */
function parseDays(text: string): number[] {
  const days = text.split(',').flatMap((part) => {
    const [from = '', to = from, more] = part.trim().toLowerCase().split('-');
    const [first, last] = [numberOf(from, text), numberOf(to, text)];
    if (more !== undefined) throw notDays(text);
    return Array.from(
      { length: ((last - first + DAYS.length) % DAYS.length) + 1 },
      (_, i) => (first + i) % DAYS.length,
    );
  });
  return [...new Set(days)].sort((a, b) => a - b);
}

function numberOf(day: string, text: string): number {
  const number = DAYS.findIndex((one) => one === day);
  if (number >= 0) return number;
  throw notDays(text);
}

const notDays = (text: string): FairleadError =>
  new FairleadError('invalid_argument', `'${text}' are not days of the week`, {
    hint: `Write some of ${DAYS.join(', ')}, such as mon-fri or sat,sun.`,
  });

/** `ops-hook` with the usual events, or `ops-hook:finished,failed`. */
function parseNotification(text: string): NotificationView {
  const [channel = '', events, more] = text.split(':');
  if (channel === '' || more !== undefined) {
    throw new FairleadError('invalid_argument', `'${text}' is neither CHANNEL nor CHANNEL:EVENT,EVENT`);
  }
  return { channel, on: events === undefined ? USUAL_EVENTS : events.split(',').map(toEvent) };
}

const USUAL_EVENTS: NotificationView['on'] = NOTIFICATION_EVENTS.filter((event) => event !== 'finished');

function toEvent(text: string): NotificationView['on'][number] {
  const event = NOTIFICATION_EVENTS.find((one) => one === text);
  if (event !== undefined) return event;
  throw new FairleadError('invalid_argument', `there is no event '${text}'`, {
    hint: `Did you mean ${nearest(text, NOTIFICATION_EVENTS)}?`,
  });
}
