import type { RestorePlanView } from '@fairlead/api';

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

export const isReady = (planned: PlannedRestore): boolean => !isThere(planned) && !isBlocked(planned);

/** What is to be known before, a sentence each. */
export const remarksOn = ({ renumber, plan: { present, subnets, losses } }: PlannedRestore): string[] => [
  ...(renumber && present === null && subnets.length > 0
    ? ['No other network has its address ranges: it keeps them.']
    : []),
  ...losses,
];

/** Without the name of a bridge, so that it fits other networks too: `Its bridge gets another name`. */
export const inGeneral = (remark: string): string => remark.replace(/ br-[0-9a-f]{12}(?= )/, '');
