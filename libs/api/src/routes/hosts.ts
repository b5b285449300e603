import { host, hostList, hostParams, hostPatch, hostQuery } from '../host.js';
import { type Route } from './route.js';

export const hostsRoutes = {
  listHosts: {
    method: 'get',
    path: '/hosts',
    tag: 'hosts',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'List hosts',
    description: 'All hosts that fit, in order of name, with how far what is known of them can be trusted.',
    query: hostQuery,
    responses: { 200: { description: 'The hosts', schema: hostList } },
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
