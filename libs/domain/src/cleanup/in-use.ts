import { projectOf } from '../compose.js';
import { type NetworkAttributes } from '../network.js';
import { isProtected, mayBeProtected, PROTECT_LABEL } from '../protect.js';
import { explainUse, type NetworkUsers } from '../users.js';
import { type HostContext, type InUseReason } from './plan.js';
import { whyBuiltIn, whyShared } from './unseen-use.js';

interface InUse {
  readonly reason: InUseReason;
  readonly explanation: string;
}

/** What policies and prunes by hand agree on. Undefined: nothing speaks for keeping the network. */
export function whyInUse(attributes: NetworkAttributes, users: NetworkUsers, context: HostContext): InUse | undefined {
  return (
    because('predefined', whyBuiltIn(attributes)) ??
    explainUse(users) ??
    because('config-referenced', whyReferenced(attributes, context)) ??
    because('swarm-scope', whyShared(attributes, context.inSwarm)) ??
    whyLabelled(attributes, context)
  );
}

const because = (reason: InUseReason, explanation: string | undefined): InUse | undefined =>
  explanation === undefined ? undefined : { reason, explanation };

const whyReferenced = ({ name, configOnly }: NetworkAttributes, { configsInUse }: HostContext): string | undefined =>
  configOnly && configsInUse.has(name) ? 'other networks take their configuration from it' : undefined;

function whyLabelled(attributes: NetworkAttributes, { projectsInUse }: HostContext): InUse | undefined {
  if (isProtected(attributes)) {
    return { reason: 'protected', explanation: `protected by its label ${PROTECT_LABEL}` };
  }
  const project = projectOf(attributes.labels);
  if (project !== undefined && projectsInUse.has(project)) {
    const explanation = `containers of its Compose project ${project} are left on this host`;
    return { reason: 'project-in-use', explanation };
  }
  if (project !== undefined && !mayBeProtected(attributes)) return undefined;
  const missing = project === undefined ? 'that of its Compose project' : PROTECT_LABEL;
  const explanation = `has more labels than are known here, and ${missing} may be among them`;
  return { reason: 'labels-unknown', explanation };
}
