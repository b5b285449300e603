import { consistency } from '../consistency.js';
import { host, hostList, hostParams, hostPatch, hostQuery } from '../host.js';
import { type Route } from './route.js';

export const hostsRoutes = {
  listHosts: {
    method: 'get',
    path: '/hosts',
    tag: 'hosts',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'List hosts',
    description: 'In order of name, with how far what is known of them can be trusted.',
    query: hostQuery,
    responses: { 200: { description: 'One page', schema: hostList } },
    errors: ['host_not_found'],
    destructive: false,
  },
  getHost: {
    method: 'get',
    path: '/hosts/{host}',
    tag: 'hosts',
    access: { role: 'viewer', hosts: 'named' },
    summary: 'Show a host',
    description: 'One host with its engine, agent and counts.',
    params: hostParams,
    responses: { 200: { description: 'The host', schema: host } },
    errors: ['host_not_found'],
    destructive: false,
  },
  checkHost: {
    method: 'get',
    path: '/hosts/{host}/consistency',
    tag: 'hosts',
    access: { role: 'viewer', hosts: 'named' },
    summary: 'Compare the inventory of a host with its engine',
    description:
      'Asks the engine now, through the agent. What differs is looked at again after a moment, so that a change under way ' +
      'is not taken for a fault.',
    params: hostParams,
    responses: { 200: { description: 'The comparison', schema: consistency } },
    errors: ['host_not_found', 'host_unavailable', 'engine_unavailable'],
    destructive: false,
  },
  updateHost: {
    method: 'patch',
    path: '/hosts/{host}',
    tag: 'hosts',
    access: { role: 'admin', hosts: 'named' },
    summary: 'Change the labels of a host',
    description: 'Merges labels into those set here, which overlay those of the agent. Nothing is sent to the host.',
    params: hostParams,
    body: hostPatch,
    responses: { 200: { description: 'The host as it is now', schema: host } },
    errors: ['host_not_found'],
    destructive: false,
  },
  removeHost: {
    method: 'delete',
    path: '/hosts/{host}',
    tag: 'hosts',
    access: { role: 'admin', hosts: 'named' },
    summary: 'Forget a host',
    description:
      'Forgets a host, its inventory and its identity; operations stay. Its session ends at once and its certificate is ' +
      'dead for ever: it has to join anew. Nothing is done on the host. A connected agent without an identity (on the ' +
      'Unix socket) is refused, since it would bring the host back at once.',
    params: hostParams,
    responses: { 204: { description: 'Forgotten' } },
    errors: ['host_not_found', 'forbidden'],
    destructive: true,
  },
} as const satisfies Record<string, Route>;
