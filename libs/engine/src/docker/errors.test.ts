import { describe, expect, it } from '@jest/globals';
import { type ErrorCode, FairleadError } from '@fairlead/domain';
import { type EngineCall, isReset, refusal, TimedOut, unavailable } from './errors.js';

const ID = '5450f2070223'.padEnd(64, '0');

/** Call, status, the engine's words, code; by the engine that was seen to say it, or whose source does. */
const ANSWERS: readonly [seenOn: string, EngineCall, status: number, text: string, ErrorCode][] = [
  ['all', 'network.create', 409, 'network with name n2 already exists', 'already_exists'],
  ['podman', 'network.create', 409, 'network name n2 already used: network already exists', 'already_exists'],
  ['all', 'network.create', 403, 'operation is not permitted on predefined host network ', 'network_predefined'],
  [
    'podman',
    'network.create',
    500,
    'cannot create network with name "host" because it conflicts with a valid network mode',
    'network_predefined',
  ],
  ['20.10', 'network.create', 500, 'invalid name: ', 'invalid_argument'],
  ['26.1', 'network.create', 400, 'invalid name: ', 'invalid_argument'],
  ['28.5', 'network.create', 400, 'invalid name: name is empty', 'invalid_argument'],
  [
    'podman',
    'network.create',
    500,
    'network name a/b invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument',
    'invalid_argument',
  ],
  ['all', 'network.create', 404, 'plugin "x" not found', 'invalid_argument'],
  ['podman source', 'network.create', 500, 'unsupported driver x: invalid argument', 'invalid_argument'],
  [
    '20.10',
    'network.create',
    500,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    'not_swarm_manager',
  ],
  [
    '20.10 worker',
    'network.create',
    403,
    'Cannot create a multi-host network from a worker node. Please create the network from a manager node.',
    'not_swarm_manager',
  ],
  ['20.10', 'network.create', 403, 'Pool overlaps with other one on this address space', 'subnet_overlap'],
  [
    '28.5',
    'network.create',
    403,
    'invalid pool request: Pool overlaps with other one on this address space',
    'subnet_overlap',
  ],
  [
    'source',
    'network.create',
    403,
    `cannot create network ${ID} (br-5450f2070223): conflicts with network ${ID} (br-1): networks have overlapping IPv4`,
    'subnet_overlap',
  ],
  [
    'podman source',
    'network.create',
    500,
    'subnet 10.89.0.0/24 is already used on the host or by another config',
    'subnet_overlap',
  ],
  [
    '20.10, 26.1',
    'network.create',
    404,
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    'addresses_exhausted',
  ],
  ['28.5', 'network.create', 400, 'all predefined address pools have been fully subnetted', 'addresses_exhausted'],
  [
    '20.10',
    'network.create',
    500,
    'Invalid subnet 10.1.1.300/24 : invalid CIDR address: 10.1.1.300/24',
    'invalid_argument',
  ],
  [
    '26.1',
    'network.create',
    400,
    'invalid network config:\ninvalid subnet 10.210.0.1/16: it should be 10.210.0.0/16',
    'invalid_argument',
  ],
  ['20.10 to 28.5', 'network.create', 404, 'configuration network "nope" does not exist', 'invalid_argument'],
  [
    '20.10 to 28.5',
    'network.create',
    403,
    'user specified configurations are not supported if the network depends on a configuration network',
    'invalid_argument',
  ],
  [
    '20.10 to 28.5',
    'network.create',
    403,
    'network driver options are not supported if the network depends on a configuration network',
    'invalid_argument',
  ],
  ['20.10', 'network.create', 403, 'only one instance of "host" network is allowed', 'engine_refused'],
  ['all', 'network.connect', 403, 'endpoint with name c1 already exists in network na', 'already_connected'],
  [
    'all',
    'network.connect',
    400,
    'user specified IP address is supported only when connecting to networks with user configured subnets',
    'invalid_argument',
  ],
  [
    '20.10',
    'network.connect',
    500,
    "Invalid address 10.9.9.9: It does not belong to any of this network's subnets",
    'invalid_argument',
  ],
  [
    '28.5',
    'network.connect',
    400,
    'no configured subnet or ip-range contain the IP address 10.9.9.9',
    'invalid_argument',
  ],
  ['all', 'network.connect', 404, 'No such container: x', 'container_not_found'],
  ['all', 'network.connect', 404, 'network x not found', 'network_not_found'],
  [
    'podman source',
    'network.connect',
    404,
    'no container with name or ID "x" found: no such container',
    'container_not_found',
  ],
  [
    'all',
    'network.connect',
    400,
    'container cannot be disconnected from host network or connected to host network',
    'engine_refused',
  ],
  [
    '20.10',
    'network.connect',
    500,
    'Could not attach to network ov-s: rpc error: code = PermissionDenied desc = network ov-s not manually attachable',
    'engine_refused',
  ],
  [
    '28.5',
    'network.connect',
    500,
    `failed to set up container networking: no available IPv4 addresses on this network's address pools: cn0 (${ID})`,
    'addresses_exhausted',
  ],
  ['all', 'network.disconnect', 500, `container ${ID} is not connected to network nsub`, 'not_connected'],
  ['all, stopped', 'network.disconnect', 500, `container ${ID} is not connected to the network nsub`, 'not_connected'],
  ['all, forced', 'network.disconnect', 404, 'endpoint nope not found', 'container_not_found'],
  ['all', 'network.remove', 404, 'network nope not found', 'network_not_found'],
  ['podman', 'network.remove', 404, 'network not found', 'network_not_found'],
  ['all', 'network.remove', 403, 'bridge is a pre-defined network and cannot be removed', 'network_predefined'],
  ['podman source', 'network.remove', 500, 'default network podman cannot be removed', 'network_predefined'],
  [
    '20.10',
    'network.remove',
    403,
    `error while removing network: network n1 id ${ID} has active endpoints`,
    'network_in_use',
  ],
  [
    '28.5',
    'network.remove',
    403,
    'error while removing network: network n1 has active endpoints (name:"c1" id:"5450f2070223")',
    'network_in_use',
  ],
  [
    'podman',
    'network.remove',
    500,
    '"n1" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used',
    'network_in_use',
  ],
  [
    '20.10 manager',
    'network.remove',
    400,
    'rpc error: code = FailedPrecondition desc = network abc is in use by task def',
    'network_in_use',
  ],
  [
    '20.10',
    'network.remove',
    403,
    'error while removing network: configuration network "cfg" is in use',
    'network_in_use',
  ],
  [
    '20.10 worker',
    'network.remove',
    503,
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state.",
    'not_swarm_manager',
  ],
  ['all', 'network.remove', 400, 'network 0 is ambiguous (3 matches found on ID prefix)', 'ambiguous_name'],
  ['20.10', 'network.inspect', 400, '2 matches found based on name: network n2 is ambiguous', 'ambiguous_name'],
  ['all', 'network.inspect', 404, 'network x not found', 'network_not_found'],
  ['all', 'container.inspect', 404, 'No such container: x', 'container_not_found'],
  ['20.10', 'container.inspect', 400, 'Multiple IDs found with provided prefix: 1', 'ambiguous_name'],
  ['all', 'exec', 409, `Container ${ID} is not running`, 'engine_refused'],
  ['all', 'exec', 404, 'No such container: x', 'container_not_found'],
  ['any', 'network.list', 500, 'something new', 'engine_failed'],
  ['any', 'network.list', 418, 'something new', 'engine_refused'],
  ['any', 'network.create', 404, 'something new', 'engine_refused'],
  ['any', 'network.create', 400, 'something new', 'invalid_argument'],
];

describe("the engine's refusals", () => {
  it.each(ANSWERS)('%s: %s answered %d %j', (_seenOn, call, status, text, code) => {
    const error = refusal(call, 'my-net', status, text);
    expect(error.code).toBe(code);
    expect(error.engineMessage).toBe(text);
    expect(error.message).toContain(text);
  });

  it('tells "in use" and "predefined" apart, which share a status', () => {
    const [inUse, builtIn] = [403, 403].map((status, index) =>
      refusal(
        'network.remove',
        'n',
        status,
        index === 0 ? 'n has active endpoints' : 'n is a pre-defined network and cannot be removed',
      ),
    );
    expect([inUse?.code, builtIn?.code]).toEqual(['network_in_use', 'network_predefined']);
  });

  it('says what was attempted, and what to do next', () => {
    const error = refusal('network.create', 'my-net', 403, 'Pool overlaps with other one on this address space');
    expect(error.message).toBe(
      "Network 'my-net' could not be created: Pool overlaps with other one on this address space",
    );
    expect(error.hint).toBe('Choose another subnet.');
  });

  it('has words for an engine that has none', () => {
    expect(refusal('network.list', '', 500, '').message).toBe(
      'The networks could not be listed: status 500 without a word',
    );
  });
});

describe('a missing answer', () => {
  const at = (wasRead: boolean) => ({ url: 'unix:///run/docker.sock', wasRead });
  const failure = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

  it.each([
    ['ENOENT', /no such socket/],
    ['ECONNREFUSED', /Nobody listens/],
    ['EACCES', /join the group `docker`/],
    ['ENOTFOUND', /does not resolve/],
  ])('%s says what to do, and that nothing was done', (code, hint) => {
    const error = unavailable('network.remove', 'n', at(false), failure(code));
    expect(error).toMatchObject({ code: 'engine_unavailable', hint: expect.stringMatching(hint) });
    expect(error.hint).not.toContain('may have done it');
    expect(error.message).toContain('unix:///run/docker.sock');
  });

  it('of a write leaves open whether it was done', () => {
    const lost = unavailable('network.remove', 'n', at(false), new TimedOut(30_000));
    expect(lost.message).toMatch(/no answer within 30 s/);
    expect(lost.hint).toMatch(/frozen or overloaded.* may have done it all the same/);
    expect(unavailable('network.list', '', at(true), new TimedOut(30_000)).hint).not.toMatch(/may have done it/);
    expect(unavailable('network.list', '', at(true), failure('EIO')).hint).toBeUndefined();
  });

  it('leaves alone what is named already', () => {
    const named = new FairleadError('network_in_use', 'x');
    expect(unavailable('ping', '', at(true), named)).toBe(named);
  });

  it('is worth a second try only where the connection broke', () => {
    expect(['ECONNRESET', 'EPIPE', 'ENOENT', 'ECONNREFUSED'].map((code) => isReset(failure(code)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([isReset(undefined), isReset('x'), isReset(new TimedOut(1))]).toEqual([false, false, false]);
  });
});
