import { describe, expect, it } from '@jest/globals';
import type { NetworkAttributes } from '@fairlead/domain';
import { aNetwork } from '@fairlead/domain/testing';
import type { Attachment, ContainerFacts } from '@fairlead/engine';
import { type Sight, whyKept } from './users.js';

const ID = 'db4f'.padEnd(64, '1');
const OTHER = 'ee'.padEnd(64, '2');
const GONE = 'aa'.padEnd(64, '3');

const net = (more: Partial<NetworkAttributes> = {}): NetworkAttributes => aNetwork({ id: ID, name: 'my-net', ...more });

const attached = (networkName: string, networkId: string): Attachment => ({
  networkName,
  networkId,
  endpointId: '',
  ipv4: '',
  ipv6: '',
  mac: '',
  aliases: [],
});

const container = (name: string, more: Partial<ContainerFacts> = {}): ContainerFacts => ({
  id: name,
  name,
  state: 'exited',
  labels: {},
  networkMode: 'default',
  attachments: [],
  ...more,
});

const judge = (more: Partial<Sight>) =>
  whyKept({ network: net(), containers: [], others: [], inSwarm: false, ...more });
const keep = (text: string, code = 'network_in_use') => ({ code, text });

describe('a network that nobody uses', () => {
  it('may go', () => {
    expect(judge({})).toBeUndefined();
  });

  it('may go beside containers that are elsewhere', () => {
    const containers = [
      container('default'),
      container('host', { networkMode: 'host', attachments: [attached('host', GONE)] }),
      container('none', { networkMode: 'none' }),
      container('sharing', { networkMode: `container:${GONE}` }),
      container('elsewhere', { networkMode: 'other', attachments: [attached('other', OTHER)] }),
      container('longer', { networkMode: 'my-network', attachments: [attached('my-network', '')] }),
    ];
    expect(judge({ containers })).toBeUndefined();
  });
});

describe('a network with a container on it', () => {
  it.each([
    ['by its id', attached('my-net', ID)],
    ['by its id under a name of before', attached('old-name', ID)],
    ['by its name, never started there', attached('my-net', '')],
    ['by its full id for a name', attached(ID, '')],
    ['by the beginning of its id', attached('db4f1', '')],
  ])('is kept: %s', (_, attachment) => {
    const containers = [container('one', { attachments: [attachment] })];
    expect(judge({ containers })).toEqual(keep('used by stopped container one (exited)'));
  });

  it.each(['created', 'running', 'paused', 'restarting', 'exited', 'removing', 'dead', 'unknown'] as const)(
    'is kept in the state %s',
    (state) => {
      const containers = [container('one', { state, attachments: [attached('my-net', ID)] })];
      expect(judge({ containers })?.text).toContain(state === 'running' ? 'used by one' : `one (${state})`);
    },
  );

  it('is kept where two networks have the same name and the container says no more than that', () => {
    const others = [net({ id: OTHER })];
    expect(judge({ others, containers: [container('one', { attachments: [attached('my-net', '')] })] })).toBeDefined();
  });
});

describe('a network that a container names without being on it', () => {
  const text = 'not attached, but named as their network by one (exited)';

  it.each(['my-net', ID, 'db4f', 'db4f11111111'])('is kept: network mode %s', (networkMode) => {
    expect(judge({ containers: [container('one', { networkMode })] })).toEqual(keep(text));
  });

  it('is kept: an attachment to a network of this name that is gone', () => {
    const containers = [container('one', { attachments: [attached('my-net', GONE)] })];
    expect(judge({ containers, others: [] })).toEqual(keep(text));
  });

  it('may go where the container is on another network of this name', () => {
    const containers = [
      container('one', { state: 'running', networkMode: 'my-net', attachments: [attached('my-net', OTHER)] }),
    ];
    expect(judge({ containers, others: [net({ id: OTHER })] })).toBeUndefined();
  });

  it('may go where what begins its id is the name of another', () => {
    const containers = [container('one', { networkMode: 'db', attachments: [attached('db', '')] })];
    expect(judge({ containers, others: [net({ id: OTHER, name: 'db' })] })).toBeUndefined();
    expect(judge({ containers, others: [] })).toBeDefined();
  });
});

describe('a network that others need', () => {
  it('is kept as the configuration of others, naming them', () => {
    const others = ['y', 'x'].map((name) => net({ id: OTHER, name, configFrom: 'my-net' }));
    const text = 'configures other networks: x, y';
    expect(judge({ network: net({ configOnly: true }), others })).toEqual(keep(text));
    expect(judge({ network: net({ configOnly: true }) })).toBeUndefined();
  });

  it('is kept where it is config-only and its host in a swarm, whose networks are not all listed there', () => {
    const text = 'config-only on a host of a swarm: networks that are not listed here may be made from it';
    expect(judge({ network: net({ configOnly: true }), inSwarm: true })).toEqual(keep(text, 'unsupported'));
    expect(judge({ inSwarm: true })).toBeUndefined();
  });

  it.each(['swarm', 'global'] as const)('is kept with the scope %s', (scope) => {
    expect(judge({ network: net({ scope }) })?.code).toBe('unsupported');
  });

  it.each([
    net({ name: 'bridge' }),
    net({ name: 'host', driver: 'host' }),
    net({ name: 'none', driver: 'null' }),
    net({ name: 'podman' }),
    net({ name: 'docker_gwbridge' }),
    net({ name: 'mesh', ingress: true }),
  ])('is kept as built in: $name', (network) => {
    expect(judge({ network })).toEqual(keep('built in: the engine needs it', 'network_predefined'));
  });
});

describe('a network with the protecting label', () => {
  it.each(['true', '', 'yes', 'FALSE', 'until friday'])('is kept: %j', (value) => {
    expect(judge({ network: net({ labels: { 'fairlead/protect': value } }) })).toEqual(
      keep(`protected by its label fairlead/protect=${value}`),
    );
  });

  it('may go when the label says false', () => {
    expect(judge({ network: net({ labels: { 'fairlead/protect': 'false' } }) })).toBeUndefined();
  });
});

describe('a network of a Compose project', () => {
  const PROJECT = 'com.docker.compose.project';
  const network = net({ labels: { [PROJECT]: 'shop' } });
  const text = (who: string): string => `its Compose project 'shop' still has ${who}`;

  it('is kept while any container of the project is left, on whatever network', () => {
    const labels = { [PROJECT]: 'shop' };
    const containers = [
      container('web', { labels, state: 'running', networkMode: 'other', attachments: [attached('other', OTHER)] }),
      container('sidecar', { labels, networkMode: `container:${GONE}` }),
      container('job', { labels, networkMode: 'none' }),
    ];
    expect(judge({ network, containers })).toEqual(keep(text('job (exited), sidecar (exited), web')));
    for (const left of containers) expect(judge({ network, containers: [left] })).toBeDefined();
  });

  it('may go when only other projects are left', () => {
    const containers = [container('web', { labels: { [PROJECT]: 'blog' } }), container('alone')];
    expect(judge({ network, containers })).toBeUndefined();
    expect(judge({ containers: [container('web', { labels: { [PROJECT]: '' } })] })).toBeUndefined();
  });
});
