import { LabError } from './command.js';
import { addNamespace, configure } from './namespace.js';
import type { LabRecord } from './record.js';
import { allDone } from './waiting.js';

const bridge = 'switch';
const device = 'eth0';

/** The place of one host on the wire; the switch itself is number 1. */
export interface Station {
  /** Name of the host, and of its port on the bridge. */
  name: string;
  namespace: string;
  address: string;
  hardwareAddress: string;
}

/** The most hosts one lab can have: their addresses are 10.77.0.11 up. */
export const mostHosts = 100;

/**
 * The wiring of a lab: a bridge to which every host is plugged with a veth pair.
 *
 * The bridge has a network namespace of its own. So the machine's own network gets no device, address, route or
 * firewall rule; its firewall cannot disturb the hosts' traffic; and all labs may use the same addresses at once.
 */
export class Switch {
  readonly address = address(1);
  readonly namespace: string;

  constructor(
    private readonly record: LabRecord,
    private readonly stations: readonly Station[],
  ) {
    this.namespace = `${record.mark}-switch`;
  }

  /** Makes the namespaces and plugs all hosts in. */
  async build(): Promise<void> {
    await addNamespace(this.record, this.namespace);
    await configure(this.namespace, [
      `link add ${bridge} address ${hardwareAddress(1)} type bridge`,
      `addr add ${this.address}/24 dev ${bridge}`,
      `link set ${bridge} up`,
    ]);
    await allDone(this.stations.map((station) => this.plugIn(station)));
  }

  /**
   * Frames of this host vanish in both directions. Its device stays up, with carrier and neighbours, so that
   * neither side is told: sockets stay open and wait, as behind a broken line far away.
   */
  async cut(station: Station): Promise<void> {
    await configure(this.namespace, [`link set ${station.name} nomaster`]);
  }

  async heal(station: Station): Promise<void> {
    await configure(this.namespace, [`link set ${station.name} master ${bridge}`]);
  }

  private async plugIn(station: Station): Promise<void> {
    const { namespace, name, hardwareAddress } = station;
    await addNamespace(this.record, namespace);
    await configure(this.namespace, [
      `link add ${name} type veth peer name ${device} address ${hardwareAddress} netns ${namespace}`,
      `link set ${name} master ${bridge} up`,
      neighbour(station, bridge),
    ]);
    await configure(namespace, [
      `addr add ${station.address}/24 dev ${device}`,
      `link set ${device} up`,
      neighbour({ address: this.address, hardwareAddress: hardwareAddressOfSwitch }, device),
      ...this.stations.filter((other) => other !== station).map((other) => neighbour(other, device)),
    ]);
  }
}

/** @param index from 0 */
export function stationOf(record: LabRecord, index: number): Station {
  if (index >= mostHosts) throw new LabError(`A lab has room for ${mostHosts} hosts. Ask for fewer.`);
  const name = hostName(index);
  const number = 11 + index;
  const namespace = `${record.mark}-${name}`;
  return { name, namespace, address: address(number), hardwareAddress: hardwareAddress(number) };
}

/** @param index from 0 */
export function hostName(index: number): string {
  return `lab${index + 1}`;
}

/** A fixed neighbour entry: without it a cut link would be told to the host as "no route to host" after 3 s of ARP. */
function neighbour(to: Pick<Station, 'address' | 'hardwareAddress'>, from: string): string {
  return `neigh replace ${to.address} lladdr ${to.hardwareAddress} dev ${from} nud permanent`;
}

function address(number: number): string {
  return `10.77.0.${number}`;
}

/** 02: locally administered. */
function hardwareAddress(number: number): string {
  return `02:fa:1e:ad:00:${number.toString(16).padStart(2, '0')}`;
}

const hardwareAddressOfSwitch = hardwareAddress(1);
