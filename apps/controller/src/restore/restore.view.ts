import { type RestorePlanView } from '@fairlead/api';
import { type PlanRestoreResponse__Output } from '@fairlead/link';
import { type RemovedNetwork } from './restore-command.js';

const ANOTHER_HOST = 'Its host was forgotten and joined again since: the record may be of another machine.';

/** @param isRejoined whether its host has got the name after the network was gone */
export const toRestorePlanView = (
  { hostName, networkId, name }: RemovedNetwork,
  answer: PlanRestoreResponse__Output,
  isRejoined: boolean,
): RestorePlanView => ({
  host: hostName,
  network: { id: networkId, name },
  source: answer.source === 'journal' ? 'journal' : 'controller',
  subnets: (answer.spec?.subnets ?? []).map(({ cidr }) => cidr),
  conflicts: answer.conflicts.map(({ kind, what, holder, holderId, explanation, renumberingHelps }) => ({
    kind: isConflictKind(kind) ? kind : 'range',
    what,
    holder: { id: holderId, name: holder },
    explanation,
    renumberingHelps,
  })),
  attachments: answer.attachments.map(toAttachmentView),
  losses: isRejoined ? [...answer.losses, ANOTHER_HOST] : answer.losses,
  present: answer.presentId === '' ? null : answer.presentId,
});

type ConflictKind = RestorePlanView['conflicts'][number]['kind'];

const isConflictKind = (kind: string): kind is ConflictKind =>
  ['name', 'range', 'configuration', 'swarm'].includes(kind);

const toAttachmentView = ({
  containerId,
  containerName,
  state,
  reason,
  endpoint,
}: PlanRestoreResponse__Output['attachments'][number]): RestorePlanView['attachments'][number] => ({
  containerId,
  containerName,
  state,
  reason: reason === 'detached' ? reason : 'refers',
  aliases: endpoint?.aliases ?? [],
  ipv4: endpoint?.ipv4 ?? '',
  ipv6: endpoint?.ipv6 ?? '',
  mac: endpoint?.mac ?? '',
});
