import {
  operationResult,
  type OperationView,
  type PruneItemResultView,
  type PrunePlanItemView,
  type PrunePlanView,
} from '@fairlead/api';
import { type PruneReason, shortId } from '@fairlead/domain';
import { withoutWords } from '../../output/errors.js';
import { describeAge, describeTimeSince, hostLabel, renderTable } from '../../output/table.js';

interface Row {
  readonly plan: PrunePlanView;
  readonly item: PrunePlanItemView;
}

/** Kept for a reason that anybody expects: counted, not listed. */
const EXPECTED = new Set(['predefined', 'in-use', 'label-mismatch']);

/** What would be removed, what is kept though it looks unused, and the counts. */
export function renderPlans(plans: readonly PrunePlanView[], now: number): string {
  const rows = plans.flatMap((plan) => plan.items.map((item) => ({ plan, item })));
  const shown = rows.filter(({ item }) => item.action === 'remove' || !EXPECTED.has(item.reason));
  const table = shown.length === 0 ? '' : renderTable(COLUMNS(plans, now), shown);
  return `${table}${plans.map((plan) => `${describeCounts(plan)}\n`).join('')}`;
}

const COLUMNS = (plans: readonly PrunePlanView[], now: number) => [
  { header: 'HOST', cell: ({ plan }: Row) => hostLabel(plan.host, plan.simulated) },
  { header: 'NETWORK', cell: ({ item }: Row) => item.network.name },
  { header: 'DRIVER', cell: ({ item }: Row) => item.network.driver },
  { header: 'CREATED', cell: ({ item }: Row) => describeTimeSince(item.network.createdAt, now) },
  { header: 'ACTION', cell: ({ item }: Row) => item.action },
  { header: 'WHY', cell: ({ item }: Row) => item.explanation },
  ...(plans.every(({ freshness }) => freshness === 'live')
    ? []
    : [{ header: 'FRESHNESS', cell: ({ plan }: Row) => describeAge(plan, now) }]),
];

/** Of those that are kept, in the order in which they are counted. */
const REASONS: Readonly<Record<Exclude<PruneReason, 'unused'>, string>> = {
  predefined: 'built in',
  'in-use': 'in use',
  'stopped-containers': 'used by stopped containers',
  'config-referenced': 'configuration of others',
  'swarm-scope': 'kept for a swarm',
  protected: 'protected',
  'project-in-use': 'of projects with containers',
  'labels-unknown': 'with labels that are not known whole',
  'label-mismatch': 'outside the label filters',
  'too-young': 'too young',
};

/** `web-1: 2 to remove, 5 kept (3 built in, 2 in use)`. */
function describeCounts(plan: PrunePlanView): string {
  const count = (reason: string): number => plan.items.filter((item) => item.reason === reason).length;
  const reasons = Object.entries(REASONS).map(([reason, words]) => [count(reason), words] as const);
  const known = reasons.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  const why = known.length > 0 ? ` (${known.join(', ')})` : '';
  return `${hostLabel(plan.host, plan.simulated)}: ${plan.remove} to remove, ${plan.keep} kept${why}`;
}

/** One line a network, in the order they were taken. */
export function describePruned(view: OperationView): string[] {
  const items = operationResult(view, 'prune')?.items ?? [];
  return items.map((item) => `${view.host}/${nameOf(item)}: ${describeOutcome(item)}`);
}

/** One that was not looked at, or is gone, has no name by then. */
const nameOf = ({ network }: PruneItemResultView): string => network.name || shortId(network.id);

interface Outcome extends Pick<PruneItemResultView, 'reason' | 'engineMessage'> {
  readonly outcome: string;
  /** Id of the network that was made again at once. */
  readonly restored?: string | null | undefined;
}

/** `kept, container one uses it, engine says: …`. */
export function describeOutcome({ outcome, reason, engineMessage, restored }: Outcome): string {
  const why = [
    withoutWords(reason, engineMessage),
    engineMessage === '' ? '' : `engine says: ${engineMessage.trim()}`,
    restored ? `made again as ${shortId(restored)}` : '',
  ].filter((text) => text !== '');
  return [outcome, ...why].join(', ');
}
