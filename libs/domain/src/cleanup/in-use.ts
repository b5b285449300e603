import { projectOf } from '../compose.js';
import { isPredefined, type NetworkAttributes } from '../network.js';
import { isProtected, mayBeProtected, PROTECT_LABEL } from '../protect.js';
import { explainUse, type NetworkUsers } from '../users.js';
import { type HostContext, type InUseReason } from './plan.js';

interface InUse {
  readonly reason: InUseReason;
  readonly explanation: string;
}

/** What policies and prunes by hand agree on. Undefined: nothing speaks for keeping the network. */
export function whyInUse(attributes: NetworkAttributes, users: NetworkUsers, context: HostContext): InUse | undefined {
  if (isPredefined(attributes)) return { reason: 'predefined', explanation: 'built in: the engine needs it' };
  return explainUse(users) ?? whyReferenced(attributes, context) ?? whyLabelled(attributes, context);
}

function whyReferenced(
  { name, configOnly, scope }: NetworkAttributes,
  { configsInUse, inSwarm }: HostContext,
): InUse | undefined {
  const because = (reason: InUseReason, explanation: string): InUse => ({ reason, explanation });
  if (configOnly && configsInUse.has(name)) {
    return because('config-referenced', 'other networks take their configuration from it');
  }
  if (scope !== 'local') {
    return because('swarm-scope', 'shared over the swarm: this host does not know who uses it on other nodes');
  }
  // A worker lists a network of the swarm only while a task of its own is on it (seen on 20.10.24).
  if (!configOnly || !inSwarm) return undefined;
  return because(
    'swarm-scope',
    'config-only on a host of a swarm: networks that are not listed here may be made from it',
  );
}

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
