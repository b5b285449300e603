import { LABELS_LEFT_OUT } from '../label-filter.js';
import { type NetworkAttributes } from '../network.js';
import { type PlanVerdict } from './plan.js';

/** As `LABELS_LEFT_OUT`, in the other maps of a network: options, IPAM options, reserved addresses. */
export const ENTRIES_LEFT_OUT = 'fairlead/entries-left-out';

/** Drivers that come with an engine; config-only networks have `null`. */
const BUILT_IN_DRIVERS: ReadonlySet<string> = new Set(['', 'bridge', 'macvlan', 'ipvlan', 'overlay', 'null', 'host']);
const BUILT_IN_IPAM: ReadonlySet<string> = new Set(['', 'default', 'null']);
const BRIDGE_NAME = 'com.docker.network.bridge.name';
const FROM_JOURNAL = 'are not known here: they come back from the journal of its agent only';

/**
 * How far a network could be made again from its record. That its bridge gets another name is told, but is no change:
 * containers do not see it.
 */
export function restorabilityOf(attributes: NetworkAttributes): Pick<PlanVerdict, 'restorability' | 'losses'> {
  const changes = [...cutOff(attributes), ...madeAnew(attributes)];
  const losses = [...changes, ...renamed(attributes)];
  return { restorability: changes.length === 0 ? 'exactly' : 'with-changes', losses };
}

function cutOff({ labels, options, ipamOptions, subnets }: NetworkAttributes): string[] {
  const told: string[] = [];
  if (Object.hasOwn(labels, LABELS_LEFT_OUT)) told.push(`${labels[LABELS_LEFT_OUT]} of its labels ${FROM_JOURNAL}`);
  if (isCut(options) || isCut(ipamOptions)) told.push(`some of its options ${FROM_JOURNAL}`);
  if (subnets.some(({ auxAddresses }) => isCut(auxAddresses))) told.push(`some reserved addresses ${FROM_JOURNAL}`);
  return told;
}

const isCut = (map: Readonly<Record<string, string>>): boolean => Object.hasOwn(map, ENTRIES_LEFT_OUT);

function madeAnew({ driver, ipamDriver, options }: NetworkAttributes): string[] {
  const told: string[] = [];
  if (!BUILT_IN_DRIVERS.has(driver)) told.push(`its driver ${driver} is a plugin, which has to be there`);
  if (!BUILT_IN_IPAM.has(ipamDriver)) told.push(`its IPAM driver ${ipamDriver} has to be there`);
  if (driver === 'overlay' && Object.hasOwn(options, 'encrypted')) told.push('its traffic is encrypted with new keys');
  return told;
}

function renamed({ id, driver, configOnly, options }: NetworkAttributes): string[] {
  if (driver !== 'bridge' || configOnly || Object.hasOwn(options, BRIDGE_NAME)) return [];
  return [`its bridge br-${id.slice(0, 12)} gets another name: firewall rules of the host that name it will not fit`];
}
