import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import * as api from './index.js';
import {
  apiTokenParams,
  apiTokenRequest,
  connectRequest,
  createNetworkRequest,
  networkQuery,
  pruneRequest,
  toEndpointSpec,
  toNetworkSpec,
} from './index.js';

const named = (Object.values(api) as unknown[])
  .filter((value): value is z.ZodType => value instanceof z.ZodType)
  .map((schema) => ({ schema, meta: schema.meta() }))
  .filter(({ meta }) => meta?.id !== undefined);

describe('schemas with a name', () => {
  it.each(named.map(({ schema, meta }) => [String(meta?.id), schema, meta] as const))(
    '%s has a description and an example that it accepts',
    (_, schema, meta) => {
      expect(meta?.description).toBeTruthy();
      const read = schema.safeParse(meta?.['example']);
      expect(read.error?.issues ?? []).toEqual([]);
    },
  );

  it('are told apart by their names', () => {
    const ids = named.map(({ meta }) => meta?.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(25);
  });
});

describe('createNetworkRequest', () => {
  it('turns a name alone into the network that docker would make', () => {
    expect(toNetworkSpec(createNetworkRequest.parse({ name: 'my-net' }))).toEqual({
      name: 'my-net',
      driver: 'bridge',
      scope: '',
      internal: false,
      attachable: false,
      ingress: false,
      ipv4: undefined,
      ipv6: undefined,
      configOnly: false,
      configFrom: '',
      ipamDriver: 'default',
      ipamOptions: {},
      subnets: [],
      options: {},
      labels: {},
    });
  });

  it('names a field that does not exist, at any depth', () => {
    const read = createNetworkRequest.safeParse({ name: 'n', subnets: [{ cidr: '10.0.0.0/24', getaway: '10.0.0.1' }] });
    expect(api.fromIssues('request body', read.error?.issues ?? [])).toMatchObject({
      code: 'invalid_argument',
      message: 'The request body is not valid: /subnets/0/getaway: there is no such field',
      faults: [{ path: '/subnets/0/getaway', message: 'there is no such field' }],
    });
  });

  it('refuses a name that could stand in for a network id, and says why', () => {
    const read = createNetworkRequest.safeParse({ name: '798b0f9e2c1c' });
    expect(read.error?.issues[0]?.message).toContain('looks like a network id');
  });

  it('waits 30 seconds unless told otherwise, and never more than ten minutes', () => {
    expect(createNetworkRequest.parse({ name: 'n' }).deadlineMs).toBe(30_000);
    expect(pruneRequest.parse({}).deadlineMs).toBe(600_000);
    expect(createNetworkRequest.safeParse({ name: 'n', deadlineMs: 600_001 }).success).toBe(false);
  });
});

describe('connectRequest', () => {
  it('carries every flag of docker network connect', () => {
    const body = connectRequest.parse({ container: 'one', aliases: ['db'], ipv4: '10.0.0.9', gatewayPriority: -1 });
    expect(toEndpointSpec(body)).toEqual({
      aliases: ['db'],
      links: [],
      ipv4: '10.0.0.9',
      ipv6: '',
      linkLocalIps: [],
      driverOptions: {},
      gatewayPriority: -1,
      mac: '',
    });
  });
});

describe('networkQuery', () => {
  it('takes a repeatable key once, several times or not at all', () => {
    expect(networkQuery.parse({ host: 'web-1', label: ['a', 'b=c'] })).toMatchObject({
      host: ['web-1'],
      label: ['a', 'b=c'],
      driver: [],
    });
  });

  it('reads numbers and booleans from text', () => {
    expect(networkQuery.parse({ limit: '500', inUse: 'false' })).toMatchObject({ limit: 500, inUse: false });
    expect(networkQuery.parse({})).toMatchObject({ limit: 50, sort: 'name' });
  });

  it.each([{ limit: '501' }, { inUse: 'yes' }, { sort: 'age' }, { on: '=prod' }, { host: '-x' }, { colour: 'red' }])(
    'refuses %j',
    (query) => {
      expect(networkQuery.safeParse(query).success).toBe(false);
    },
  );
});

describe('the name of a token', () => {
  const secret = 'flt1.k3v7q2m5xa.' + 'Ab3_'.repeat(10) + 'Ab3';

  it.each([
    ['new', (name: string) => apiTokenRequest.safeParse({ name, role: 'viewer' })],
    ['to be revoked', (token: string) => apiTokenParams.safeParse({ token })],
  ])('is never the text of one (%s): it would be kept and shown', (_, parse) => {
    for (const text of [secret, secret.replace('flt1', 'fls1'), secret.replace('flt1', 'FLJ1')]) {
      const { error } = parse(text);
      expect(error?.issues[0]?.message).toContain('looks like the text of a token');
      expect(JSON.stringify(error?.issues)).not.toContain(text.slice(16));
    }
    for (const name of ['deploy', 'flt1', 'fleet1.web', 'k3v7q2m5xa']) expect(parse(name).error).toBeUndefined();
  });
});
