import { operationResult, type OperationView } from '@fairlead/api';
import { counted } from '@fairlead/domain';
import { inGeneral, isReady, isThere, type PlannedRestore, remarksOn } from './planned-restore.js';

/** More networks than that are counted by host, and told of one by one only where something is odd about them. */
export const MOST_TOLD = 20;

/** How many would be made again on each host, and how many of them what is to be known of. What is blocked is left out. */
export function countPlans(planned: readonly PlannedRestore[]): string[] {
  const ready = planned.filter(isReady);
  const hosts = ready.map(({ plan }) => plan.host);
  const attached = ready.flatMap(({ plan: { host, attachments } }) => attachments.map(() => host));
  const there = planned.filter(isThere).map(({ plan }) => plan.host);
  return [
    ...[...tally(there)].map(([host, number]) => `${host}: ${counted(number, 'network')} there already`),
    ...countByHost(hosts, 'would be made again', attached),
    ...countRemarks(ready),
    'To see each of them: --dry-run -o json',
  ];
}

/** How many came back on each host. */
export function countRestored(views: readonly OperationView[]): string[] {
  const attached = views.flatMap((view) => {
    const { attachments = [] } = operationResult(view, 'restore') ?? {};
    return attachments.filter(({ outcome }) => outcome === 'attached').map(() => view.host);
  });
  return countByHost(
    views.map(({ host }) => host),
    'made again',
    attached,
  );
}

/** `Each of the 2: It gets a new id.` @param least only what is said of so many */
export function countRemarks(ready: readonly PlannedRestore[], least = 1): string[] {
  const total = ready.length;
  return [...tally(ready.flatMap((one) => remarksOn(one).map(inGeneral)))]
    .filter(([, number]) => number >= least)
    .map(([remark, number]) => `${number === total ? 'Each' : number} of the ${total}: ${remark}`);
}

/** @param hosts the host of each network @param attached the host of each container */
function countByHost(hosts: readonly string[], what: string, attached: readonly string[]): string[] {
  const containers = tally(attached);
  const andAttached = (number = 0): string => (number === 0 ? '' : `, ${counted(number, 'container')} attached again`);
  return [...tally(hosts)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, number]) => `${host}: ${counted(number, 'network')} ${what}${andAttached(containers.get(host))}`);
}

function tally(texts: readonly string[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const text of texts) numbers.set(text, (numbers.get(text) ?? 0) + 1);
  return numbers;
}
