import { LABELS_LEFT_OUT } from '../label-filter.js';
import { type NetworkAttributes } from '../network.js';
import { type PlanVerdict } from './plan.js';

/** Drivers that come with an engine; config-only networks have `null`. */
const BUILT_IN_DRIVERS: ReadonlySet<string> = new Set(['', 'bridge', 'macvlan', 'ipvlan', 'overlay', 'null', 'host']);
const BUILT_IN_IPAM: ReadonlySet<string> = new Set(['', 'default', 'null']);
const BRIDGE_NAME = 'com.docker.network.bridge.name';

/**
 * How far a network could be made again from its record. A bridge that gets another name is told, but is no change:
 * containers do not see it.
 */
export function restorabilityOf(attributes: NetworkAttributes): Pick<PlanVerdict, 'restorability' | 'losses'> {
  const changes = changesOf(attributes);
  const losses = [...changes, ...notesOf(attributes)];
  return { restorability: changes.length === 0 ? 'exactly' : 'with-changes', losses };
}

function changesOf({ labels, driver, ipamDriver, options }: NetworkAttributes): string[] {
  const changes: string[] = [];
  if (Object.hasOwn(labels, LABELS_LEFT_OUT)) {
    changes.push(`${labels[LABELS_LEFT_OUT]} of its labels are known only to the journal of its agent`);
  }
  if (!BUILT_IN_DRIVERS.has(driver)) changes.push(`the plugin ${driver} has to be there and makes what it makes then`);
  if (!BUILT_IN_IPAM.has(ipamDriver)) changes.push(`its IPAM driver ${ipamDriver} has to be there and may choose anew`);
  if (driver === 'overlay' && Object.hasOwn(options, 'encrypted')) changes.push('its keys are made anew');
  return changes;
}

function notesOf({ id, driver, configOnly, options }: NetworkAttributes): string[] {
  if (driver !== 'bridge' || configOnly || Object.hasOwn(options, BRIDGE_NAME)) return [];
  return [`its bridge br-${id.slice(0, 12)} gets another name, which firewall rules of the host may name`];
}
