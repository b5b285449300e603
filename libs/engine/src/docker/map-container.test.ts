import { describe, expect, it } from '@jest/globals';
import { toContainerDetails, toContainerFacts } from './map-container.js';

describe('toContainerFacts', () => {
  it('reads a running container with its addresses', () => {
    const endpoint = {
      NetworkID: 'n1',
      EndpointID: 'e1',
      IPAddress: '172.18.0.2',
      GlobalIPv6Address: 'fd00::2',
      MacAddress: '02:42',
      Aliases: null,
    };
    const facts = toContainerFacts({
      Id: 'c1',
      Names: ['/one'],
      State: 'running',
      Labels: { a: 'b' },
      HostConfig: { NetworkMode: 'default' },
      NetworkSettings: { Networks: { 'my-net': endpoint } },
    });
    const attachment = {
      networkName: 'my-net',
      networkId: 'n1',
      endpointId: 'e1',
      ipv4: '172.18.0.2',
      ipv6: 'fd00::2',
      mac: '02:42',
      aliases: [],
    };
    expect(facts).toEqual({
      id: 'c1',
      name: 'one',
      state: 'running',
      labels: { a: 'b' },
      networkMode: 'default',
      attachments: [attachment],
    });
  });

  it('keeps the network of a container that was never started, which has no id there', () => {
    const { attachments } = toContainerFacts({
      Id: 'c1',
      NetworkSettings: { Networks: { 'my-net': { NetworkID: '' }, other: null } },
    });
    expect(attachments.map(({ networkName, networkId }) => [networkName, networkId])).toEqual([
      ['my-net', ''],
      ['other', ''],
    ]);
  });

  it('takes an answer with nothing but an id', () => {
    expect(toContainerFacts({ Id: 'c1', Names: null, State: null, Labels: null, NetworkSettings: null })).toEqual({
      id: 'c1',
      name: '',
      state: 'unknown',
      labels: {},
      networkMode: '',
      attachments: [],
    });
  });

  it("takes the container's own name, not those that links give it", () => {
    expect(toContainerFacts({ Id: 'c1', Names: ['/other/alias', '/one', '/third/alias'] }).name).toBe('one');
  });

  it.each([
    ['paused', 'paused'],
    ['dead', 'dead'],
    ['configured', 'created'],
    ['stopped', 'exited'],
    ['stopping', 'running'],
    ['hibernating', 'unknown'],
  ])('reads the state %s as %s', (State, state) => expect(toContainerFacts({ Id: 'c1', State }).state).toBe(state));
});

describe('toContainerDetails', () => {
  it('has the process id and the aliases', () => {
    const details = toContainerDetails({
      Id: 'c1',
      Name: '/one',
      State: { Status: 'running', Pid: 4711 },
      Config: { Labels: { a: 'b' } },
      HostConfig: { NetworkMode: 'my-net' },
      NetworkSettings: { Networks: { 'my-net': { NetworkID: 'n1', Aliases: ['db'] } } },
    });
    expect(details).toMatchObject({
      name: 'one',
      state: 'running',
      pid: 4711,
      labels: { a: 'b' },
      networkMode: 'my-net',
    });
    expect(details.attachments).toMatchObject([{ networkId: 'n1', aliases: ['db'] }]);
  });

  it('has no process where the container does not run', () => {
    expect(toContainerDetails({ Id: 'c1', State: null, Config: null })).toMatchObject({
      pid: 0,
      state: 'unknown',
      labels: {},
    });
  });
});
