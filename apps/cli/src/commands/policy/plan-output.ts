import type { PolicyPlanItemView, PolicyPlanView, PlanSummaryView } from '@fairlead/api';
import { type CleanupReason, counted } from '@fairlead/domain';
import { firstOf } from '../../output/first-of.js';
import { visible } from '../../output/escape.js';
import { type Column, describeAge, describeTimeSince, hostLabel, renderTable } from '../../output/table.js';
import { MOST_LISTED, renderByHost } from './by-host.js';
import { raiseCaps } from './raise-caps.js';

/** What is shown of a plan. `items`: as many as were asked for. */
export interface ShownPlan extends Omit<PolicyPlanView, 'nextCursor'> {
  /** There are more than these. */
  readonly cut: boolean;
}

/** Ways to what a plan does not show or allow. */
export interface PlanWays {
  /** To more rows. */
  readonly rest: string;
  /** To higher caps, by why the plan is over them. */
  readonly raise: (overCaps: readonly string[]) => string;
}

const waysOf = ({ policy }: ShownPlan): PlanWays => ({
  rest: '--limit',
  raise: (overCaps) => raiseCaps(policy.name, overCaps),
});

/** The networks as a table, then what the plan counts. @param now milliseconds since the epoch */
export function renderPlan(plan: ShownPlan, now: number, ways = waysOf(plan)): string {
  const table = plan.items.length === 0 ? '' : renderTable(columns(plan.items, now), plan.items);
  const { items, cut } = plan;
  const more = cut ? [`... and more than these ${items.length} (${ways.rest})`] : [];
  return `${table}${render([...more, ...planLines(plan, now, ways)])}`;
}

/** What a plan would remove, as it is shown before a question: many networks are counted by host. */
export function renderRemovals(plan: ShownPlan, now: number): string {
  const { items, policy, summary } = plan;
  if (items.length <= MOST_LISTED) return renderPlan(plan, now);
  const more = summary.remove - items.length;
  return `${renderByHost(items.map((item) => ({ ...item, host: hostLabel(item.host, item.simulated) })))}${render([
    ...(more > 0 ? [`... and ${counted(more, 'network')} more`] : []),
    ...planLines(plan, now, waysOf(plan)),
    `To see each of them: fairlead policy plan ${policy.name}`,
  ])}`;
}

const render = (texts: readonly string[]): string => texts.map((text) => `${visible(text)}\n`).join('');

function columns(items: readonly PolicyPlanItemView[], now: number): Column<PolicyPlanItemView>[] {
  const keeps = items.some(({ action }) => action === 'keep');
  return [
    { header: 'HOST', cell: ({ host, simulated }) => hostLabel(host, simulated) },
    { header: 'NETWORK', cell: ({ network }) => network.name },
    { header: 'DRIVER', cell: ({ network }) => network.driver },
    { header: 'UNUSED', cell: ({ unusedSince }) => (unusedSince === null ? '' : `for ${sinceThen(unusedSince, now)}`) },
    ...(keeps ? [{ header: 'ACTION', cell: ({ action }: PolicyPlanItemView) => action }] : []),
    { header: 'WHY', cell: ({ explanation }) => explanation },
    { header: 'RESTORABLE', cell: describeRestorability },
  ];
}

const sinceThen = (time: string, now: number): string => describeTimeSince(time, now).replace(/ ago$/, '');

/** `exactly`, or what would not come back. */
export const describeRestorability = ({
  restorability,
  losses,
}: Pick<PolicyPlanItemView, 'restorability' | 'losses'>): string =>
  restorability === 'with-changes' ? `not exactly: ${losses.join('; ')}` : (restorability ?? '');

function planLines({ policy, summary }: ShownPlan, now: number, { raise }: PlanWays): string[] {
  const { remove, keep, hosts, overCaps } = summary;
  return [
    `${policy.name}, version ${policy.version}: ${remove} to remove, ${keep} kept${describeReasons(summary)}, on ${counted(hosts, 'host')}`,
    ...leftOutLines(summary, now),
    ...capLines(overCaps, raise),
  ];
}

const capLines = (overCaps: readonly string[], raise: PlanWays['raise']): string[] =>
  overCaps.length === 0
    ? []
    : [
        'Over its caps, so that a run would remove nothing:',
        ...overCaps.map((why) => `  ${why}`),
        `To raise them: ${raise(overCaps)}`,
      ];

const REASONS = {
  unused: '',
  predefined: 'built in',
  'in-use': 'in use',
  'stopped-containers': 'used by stopped containers',
  'config-referenced': 'configuration of others',
  'swarm-scope': 'shared over a swarm',
  protected: 'protected',
  'project-in-use': 'of projects with containers',
  'labels-unknown': 'with labels that are not known whole',
  'no-match': 'not meant',
  exempt: 'exempt',
  'too-young': 'too young',
  'used-lately': 'used lately',
} as const satisfies Record<CleanupReason, string>;

/** ` (3 built in, 1 in use)`; a reason that this version does not know by its own name. */
function describeReasons({ reasons }: PlanSummaryView): string {
  const words: Readonly<Record<string, string>> = REASONS;
  const known = Object.entries(reasons).filter(([reason, number]) => number > 0 && reason !== 'unused');
  const texts = known.sort(([, a], [, b]) => b - a).map(([reason, number]) => `${number} ${words[reason] ?? reason}`);
  return texts.length === 0 ? '' : ` (${texts.join(', ')})`;
}

function leftOutLines({ leftOut, leftOutTotal }: PlanSummaryView, now: number): string[] {
  if (leftOutTotal === 0) return [];
  const named = leftOut.map((host) => `${host.name} (${describeAge(host, now)} ago)`);
  return [`Left out, as nobody knows what is on them now: ${firstOf(named, leftOutTotal)}`];
}
