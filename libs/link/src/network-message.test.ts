import { describe, expect, it } from '@jest/globals';
import { codec } from './codec.js';
import { networkDigest } from './digest.js';
import {
  fromEndpointSpecMessage,
  fromNetworkMessage,
  fromNetworkSpecMessage,
  toEndpointSpecMessage,
  toNetworkMessage,
  toNetworkSpecMessage,
} from './network-message.js';
import { aNetwork, aNetworkSpec, anEndpoint, anEndpointSpec } from './testing/samples.js';

/** Through the bytes of the wire, not only through the mapper. */
const overTheWire = (network: ReturnType<typeof aNetwork>, digest = 'd') =>
  codec.decodeResponse('InspectNetwork', codec.encodeResponse('InspectNetwork', toNetworkMessage(network, digest)));

describe('a network on the wire', () => {
  it('comes back field for field', () => {
    expect(fromNetworkMessage(overTheWire(aNetwork()))).toEqual(aNetwork());
  });

  it('keeps its digest, computed here and there', () => {
    const network = aNetwork({ endpoints: [anEndpoint(), anEndpoint({ containerId: 'b', aliases: [] })] });
    const message = overTheWire(network, networkDigest(network));
    expect(networkDigest(fromNetworkMessage(message))).toBe(message.digest);
  });

  it('tells a missing gateway and range from none given', () => {
    const [, second] = fromNetworkMessage(overTheWire(aNetwork())).subnets;
    expect(second).toEqual({ cidr: 'fd00::/64', ipRange: null, gateway: null, auxAddresses: {} });
  });

  it('takes a container state of a newer agent for unknown, which counts as in use', () => {
    const message = overTheWire(aNetwork());
    const [endpoint] = fromNetworkMessage({
      ...message,
      endpoints: message.endpoints.map((each) => ({ ...each, state: 'hibernating' })),
    }).endpoints;
    expect(endpoint?.state).toBe('unknown');
  });

  it('takes a scope of a newer engine for local', () => {
    expect(fromNetworkMessage({ ...overTheWire(aNetwork()), scope: 'galactic' }).scope).toBe('local');
  });

  it('carries a label called __proto__ as a label and touches no prototype', () => {
    const labels = JSON.parse('{"__proto__":"evil","constructor":"x"}') as Record<string, string>;
    const network = fromNetworkMessage(overTheWire(aNetwork({ labels })));
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect(network.labels['constructor']).toBe('x');
    expect(({} as Record<string, unknown>)['evil']).toBeUndefined();
  });
});

describe('a network specification on the wire', () => {
  const carry = (spec: ReturnType<typeof aNetworkSpec>) => {
    const bytes = codec.encodeRequest('CreateNetwork', { operationId: 'o1', spec: toNetworkSpecMessage(spec) });
    const message = codec.decodeRequest('CreateNetwork', bytes).spec;
    if (message === null) throw new Error('the specification was lost');
    return fromNetworkSpecMessage(message);
  };

  it('comes back flag for flag, ipv4 switched off included', () => {
    expect(carry(aNetworkSpec())).toEqual(aNetworkSpec());
  });

  it('leaves to the engine what was left to the engine', () => {
    const spec = aNetworkSpec({ ipv4: undefined, ipv6: undefined, scope: '' });
    expect(carry(spec)).toEqual(spec);
  });
});

describe('an endpoint specification on the wire', () => {
  const carry = (spec: ReturnType<typeof anEndpointSpec>) => {
    const bytes = codec.encodeRequest('ConnectContainer', { endpoint: toEndpointSpecMessage(spec) });
    const message = codec.decodeRequest('ConnectContainer', bytes).endpoint;
    if (message === null) throw new Error('the specification was lost');
    return fromEndpointSpecMessage(message);
  };

  it('comes back flag for flag, a negative gateway priority included', () => {
    expect(carry(anEndpointSpec())).toEqual(anEndpointSpec());
  });

  it('tells priority 0 from no priority', () => {
    expect(carry(anEndpointSpec({ gatewayPriority: 0 })).gatewayPriority).toBe(0);
    expect(carry(anEndpointSpec({ gatewayPriority: undefined })).gatewayPriority).toBeUndefined();
  });
});
