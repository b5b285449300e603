import { operationResult, type OperationResultView, type OperationView, type RestorePlanView } from '@fairlead/api';
import { shortId } from '@fairlead/domain';
import { firstOf } from '../../output/first-of.js';
import { operationName } from '../command.js';

export interface PlannedRestore {
  /** Of the removal. */
  readonly id: string;
  readonly plan: RestorePlanView;
  /** The engine is to choose the ranges, where the network's own are taken. */
  readonly renumber: boolean;
}

/** Made again already, with nobody left to attach. */
export const isThere = ({ plan: { present, attachments } }: PlannedRestore): boolean =>
  present !== null && attachments.length === 0;

/** Whether something stands in the way. */
export const isBlocked = (planned: PlannedRestore): boolean => !isThere(planned) && planned.plan.conflicts.length > 0;

/** What making networks again would meet, in lines. What cannot come back of any of them is said once. */
export function describeRestorePlans(planned: readonly PlannedRestore[]): string[] {
  const ready = planned.filter((one) => !isThere(one) && !isBlocked(one));
  const common = (ready[0]?.plan.losses ?? []).filter((loss) => ready.every(({ plan }) => plan.losses.includes(loss)));
  const once = ready.length > 1 ? common : [];
  return [
    ...planned.flatMap((one) => describePlan(one, once)),
    ...once.map((loss) => `Each of the ${ready.length}: ${loss}`),
  ];
}

/** @param once what is not said here */
function describePlan(planned: PlannedRestore, once: readonly string[]): string[] {
  const { host, network, subnets, present, attachments, losses } = planned.plan;
  const keepsRanges = planned.renumber && present === null && subnets.length > 0;
  const name = `${host}/${network.name}`;
  const there = present === null ? '' : `is there already, as ${shortId(present)}`;
  if (isThere(planned)) return [`${name} ${there}`];
  if (isBlocked(planned)) return [`${name} cannot be made again:`, ...describeConflicts(planned)];
  return [
    `${name} ${there || `would be made again ${describeSource(planned.plan)}`}`,
    ...(keepsRanges ? ['  No other network has its address ranges: it keeps them.'] : []),
    ...attachments.map((attachment) => `  attaches again ${describeAttachment(attachment)}`),
    ...losses.filter((loss) => !once.includes(loss)).map((loss) => `  ${loss}`),
  ];
}

function describeConflicts({ id, plan: { conflicts }, renumber }: PlannedRestore): string[] {
  const helps = !renumber && conflicts.every(({ renumberingHelps }) => renumberingHelps);
  return [
    ...conflicts.map(({ explanation }) => `  ${explanation}`),
    ...(helps ? [`  With another address range: fairlead network restore ${id} --renumber`] : []),
  ];
}

function describeSource({ source, subnets }: RestorePlanView): string {
  const ranges = subnets.length === 0 ? 'with address ranges that the engine chooses' : `with ${subnets.join(', ')}`;
  return `${ranges}, from ${source === 'journal' ? 'the journal of its host' : 'what the controller saw last'}`;
}

/** `one (exited) as db, 172.20.0.5`. */
function describeAttachment({
  containerName,
  state,
  aliases,
  ipv4,
  ipv6,
  mac,
}: RestorePlanView['attachments'][number]): string {
  const how = [aliases.length === 0 ? '' : `as ${aliases.join(' ')}`, ipv4, ipv6, mac].filter((part) => part !== '');
  return `${containerName} (${state})${how.length === 0 ? '' : ` ${how.join(', ')}`}`;
}

/** @param names of networks that a run has removed */
export const describeUnrecorded = (names: readonly string[]): string =>
  `Of ${names.length === 1 ? 'one network' : `${names.length} networks`} no record is kept, or not yet, ` +
  `so that nothing restores ${names.length === 1 ? 'it' : 'them'} now: ${firstOf(names)}`;

type Result = OperationResultView<'restore'>;

/** What came of it, in lines. What could not come back was said before. */
export function describeRestored(view: OperationView): string[] {
  const result = operationResult(view, 'restore');
  if (result === undefined) return [operationName(view)];
  const { network, attachments, differences } = result;
  const attached = attachments
    .filter(({ outcome }) => outcome === 'attached')
    .map(({ containerName }) => containerName);
  return [
    `${view.host}/${network.name}: made again as ${shortId(network.id)}`,
    ...(attached.length === 0 ? [] : [`  attached again: ${attached.join(', ')}`]),
    ...attachments.filter(({ outcome }) => outcome === 'failed').map(describeFailure),
    ...differences.map(({ field, recorded, restored }) => `  differs: ${field} was ${recorded}, is ${restored}`),
  ];
}

function describeFailure({ containerName, reason, engineMessage }: Result['attachments'][number]): string {
  const said = engineMessage.trim();
  return `  not attached: ${containerName}: ${reason}${said === '' ? '' : `, engine says: ${said}`}`;
}
