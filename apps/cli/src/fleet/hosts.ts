import type { Client, HostView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { HostFlags } from '../flags.js';
import { firstOf } from '../output/first-of.js';
import { allHosts } from './pages.js';

export interface ChosenHosts {
  readonly hosts: readonly string[];
  /** The user asked for a set of hosts: answers are lists even where the set has one. */
  readonly several: boolean;
}

export const hasHostFlags = ({ host, on, allHosts }: HostFlags): boolean =>
  host !== undefined || on !== undefined || allHosts === true;

/** Names of the hosts whose engine is a simulated one. */
export const simulatedAmong = (hosts: readonly HostView[]): Set<string> =>
  new Set(hosts.filter(({ simulated }) => simulated).map(({ name }) => name));

/**
 * The hosts to act on, in order of name. Without a flag that is the fleet's only host. Hosts that are offline are among
 * them: that they cannot be reached is said for each, never passed over.
 * @throws FairleadError `host_not_found` where the choice is empty, `invalid_argument` where it is not clear.
 */
export async function chooseHosts(client: Client, flags: HostFlags): Promise<ChosenHosts> {
  if (flags.host) {
    const hosts = [...new Set(flags.host)].sort();
    return { hosts, several: hosts.length > 1 };
  }
  const items = await allHosts(client, { on: flags.on });
  const hosts = items.map(({ name }) => name);
  if (hosts.length === 0) throw noHosts(flags);
  if (hasHostFlags(flags)) return { hosts, several: true };
  if (hosts.length > 1) throw whichHost(items);
  return { hosts, several: false };
}

function noHosts({ on }: HostFlags): FairleadError {
  if (on !== undefined) {
    return new FairleadError('host_not_found', `No host has labels that fit '${on}'`, {
      hint: "See 'fairlead host ls' for the hosts and their labels.",
    });
  }
  return new FairleadError('host_not_found', 'The fleet has no hosts yet', {
    hint: "Let one join with the command that 'fairlead host join-token create' prints.",
  });
}

function whichHost(hosts: readonly HostView[]): FairleadError {
  const names = firstOf(hosts.map(({ name }) => name));
  return new FairleadError('invalid_argument', `The fleet has ${hosts.length} hosts; which one? ${names}`, {
    hint: "Choose with --host NAME (repeatable), --on 'env=prod' or --all-hosts.",
  });
}
