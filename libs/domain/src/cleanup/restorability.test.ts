import { describe, expect, it } from '@jest/globals';
import { LABELS_LEFT_OUT } from '../label-filter.js';
import { type NetworkAttributes } from '../network.js';
import { aNetwork } from '../testing.js';
import { ENTRIES_LEFT_OUT, restorabilityOf } from './restorability.js';

const BRIDGE_NAME = 'com.docker.network.bridge.name';
const FROM_JOURNAL = 'are not known here: they come back from the journal of its agent only';
const pool = { cidr: '10.0.0.0/24', ipRange: null, gateway: null };
const of = (network: Partial<NetworkAttributes>) => restorabilityOf(aNetwork(network));

describe('a network comes back', () => {
  it('exactly, where an engine makes it by itself', () => {
    expect(of({ options: { [BRIDGE_NAME]: 'br-shop' } })).toEqual({ restorability: 'exactly', losses: [] });
    for (const driver of ['macvlan', 'ipvlan', 'overlay', 'null', 'host']) {
      expect(of({ driver })).toEqual({ restorability: 'exactly', losses: [] });
    }
  });

  it('exactly, but with a note where the engine chooses the name of its bridge', () => {
    const id = '798b0f9e2c1c'.padEnd(64, '0');
    expect(of({ id })).toEqual({
      restorability: 'exactly',
      losses: ['its bridge br-798b0f9e2c1c gets another name: firewall rules of the host that name it will not fit'],
    });
    expect(of({ id, configOnly: true }).losses).toEqual([]);
  });

  it.each<[Partial<NetworkAttributes>, string]>([
    [{ labels: { [LABELS_LEFT_OUT]: '12' } }, `12 of its labels ${FROM_JOURNAL}`],
    [{ options: { [ENTRIES_LEFT_OUT]: '1' } }, `some of its options ${FROM_JOURNAL}`],
    [{ ipamOptions: { [ENTRIES_LEFT_OUT]: '1' } }, `some of its options ${FROM_JOURNAL}`],
    [{ subnets: [{ ...pool, auxAddresses: { [ENTRIES_LEFT_OUT]: '1' } }] }, `some reserved addresses ${FROM_JOURNAL}`],
    [{ driver: 'weave' }, 'its driver weave is a plugin, which has to be there'],
    [{ ipamDriver: 'infoblox' }, 'its IPAM driver infoblox has to be there'],
    [{ driver: 'overlay', options: { encrypted: '' } }, 'its traffic is encrypted with new keys'],
  ])('with changes: %j', (network, loss) => {
    const { restorability, losses } = of(network);
    expect(restorability).toBe('with-changes');
    expect(losses).toContain(loss);
  });
});
