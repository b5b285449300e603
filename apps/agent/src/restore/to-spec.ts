import type { Network, NetworkSpec } from '@fairlead/domain';
import { VXLAN_IDS } from './same-network.js';

/**
 * What makes a network like the recorded one. Its ranges are asked for as they were: engines show one that they chose
 * like one that was asked for, and would choose another (172.20/16 became 172.22/16 on Docker 20.10).
 */
export function toSpec(network: Network, { renumber }: { readonly renumber: boolean }): NetworkSpec {
  const { id: _id, createdAt: _createdAt, endpoints: _endpoints, ...attributes } = network;
  const { [VXLAN_IDS]: _vxlanIds, ...options } = network.options;
  const spec: NetworkSpec = {
    ...attributes,
    // Where the engine says that a network is local, that is what its driver makes of it.
    scope: network.scope === 'local' ? '' : network.scope,
    // Docker 28.0 is the first to know this flag.
    ipv4: network.ipv4 ? undefined : false,
    ...toIpam(network),
    subnets: renumber ? [] : network.subnets,
    options,
  };
  if (network.configOnly) return { ...spec, driver: '' };
  return network.configFrom === '' ? spec : { ...spec, ...FROM_CONFIGURATION };
}

/** Podman 5.8 tells its address manager as an option of `default`, and takes no such option. */
function toIpam({ ipamDriver, ipamOptions }: Network): Pick<NetworkSpec, 'ipamDriver' | 'ipamOptions'> {
  const { driver, ...others } = ipamOptions;
  if (ipamDriver !== 'default') return { ipamDriver, ipamOptions };
  return PODMANS_IPAM.has(driver ?? '')
    ? { ipamDriver: driver ?? '', ipamOptions: others }
    : { ipamDriver: '', ipamOptions };
}

const PODMANS_IPAM: ReadonlySet<string> = new Set(['host-local', 'dhcp', 'none']);

/**
 * Docker takes none of these beside a configuration, and shows those of the configuration; `internal` and `attachable`
 * are the network's own (seen on 20.10, 26.1 and 28.5).
 */
const FROM_CONFIGURATION = {
  ipv4: undefined,
  ipv6: undefined,
  ipamDriver: '',
  ipamOptions: {},
  subnets: [],
  options: {},
  labels: {},
};
