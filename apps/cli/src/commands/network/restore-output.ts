import { operationResult, type OperationResultView, type OperationView, type RestorePlanView } from '@fairlead/api';
import { shortId } from '@fairlead/domain';
import { firstOf } from '../../output/first-of.js';
import { operationName } from '../command.js';
import { inGeneral, isBlocked, isReady, isThere, type PlannedRestore, remarksOn } from './planned-restore.js';
import { countPlans, countRemarks, MOST_TOLD } from './restore-counts.js';

/** What making networks again would meet, in lines. What is to be known of all of them is said once. */
export function describeRestorePlans(planned: readonly PlannedRestore[]): string[] {
  const blocked = planned.filter(isBlocked);
  if (planned.length - blocked.length > MOST_TOLD) {
    return [...blocked.flatMap((one) => describePlan(one)), ...countPlans(planned)];
  }
  const ready = planned.filter(isReady);
  if (ready.length < 2) return planned.flatMap((one) => describePlan(one));
  const [first = [], ...others] = ready.map((one) => remarksOn(one).map(inGeneral));
  const once = first.filter((remark) => others.every((remarks) => remarks.includes(remark)));
  return [...planned.flatMap((one) => describePlan(one, once)), ...countRemarks(ready, ready.length)];
}

/** @param once what is not said here */
function describePlan(planned: PlannedRestore, once: readonly string[] = []): string[] {
  const { host, network, present, attachments } = planned.plan;
  const name = `${host}/${network.name}`;
  const there = present === null ? '' : `is there already, as ${shortId(present)}`;
  if (isThere(planned)) return [`${name} ${there}`];
  if (isBlocked(planned)) return [`${name} cannot be made again:`, ...describeConflicts(planned)];
  return [
    `${name} ${there || `would be made again ${describeSource(planned.plan)}`}`,
    ...attachments.map((attachment) => `  attaches again ${describeAttachment(attachment)}`),
    ...remarksOn(planned)
      .filter((remark) => !once.includes(inGeneral(remark)))
      .map((remark) => `  ${remark}`),
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
  const { network, attachments } = result;
  const attached = attachments
    .filter(({ outcome }) => outcome === 'attached')
    .map(({ containerName }) => containerName);
  return [
    `${view.host}/${network.name}: made again as ${shortId(network.id)}`,
    ...(attached.length === 0 ? [] : [`  attached again: ${attached.join(', ')}`]),
    ...describeTroubles(result),
  ];
}

const describeTroubles = ({ attachments, differences }: Result): string[] => [
  ...attachments.filter(({ outcome }) => outcome === 'failed').map(describeFailure),
  ...differences.map(({ field, recorded, restored }) => `  differs: ${field} was ${recorded}, is ${restored}`),
];

/** The same, where something is not as it was; nothing of what went well. */
export function describeOddlyRestored(view: OperationView): string[] {
  const result = operationResult(view, 'restore');
  return result === undefined || describeTroubles(result).length > 0 ? describeRestored(view) : [];
}

function describeFailure({ containerName, reason, engineMessage }: Result['attachments'][number]): string {
  const said = engineMessage.trim();
  return `  not attached: ${containerName}: ${reason}${said === '' ? '' : `, engine says: ${said}`}`;
}
