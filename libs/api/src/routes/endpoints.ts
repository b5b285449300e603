import { endpointPage, endpointQuery } from '../endpoint.js';
import { overlayDetail, overlayPage, overlayParams, overlayQuery } from '../overlay.js';
import { type Route } from './route.js';

export const endpointsRoutes = {
  listEndpoints: {
    method: 'get',
    path: '/endpoints',
    tag: 'networks',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'Find who is on which network, by address, container or project',
    description: 'Containers in any state, over the whole fleet. Every row carries its age.',
    query: endpointQuery,
    responses: { 200: { description: 'One page', schema: endpointPage } },
    errors: ['host_not_found'],
    destructive: false,
  },
  listOverlays: {
    method: 'get',
    path: '/overlays',
    tag: 'networks',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'List the networks of swarms, each once',
    description: 'Merged over the hosts that show them.',
    query: overlayQuery,
    responses: { 200: { description: 'One page', schema: overlayPage } },
    errors: ['host_not_found'],
    destructive: false,
  },
  getOverlay: {
    method: 'get',
    path: '/overlays/{network}',
    tag: 'networks',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'Show a network of a swarm with all its endpoints',
    description: 'Endpoints of every host that shows it: no engine alone knows them all.',
    params: overlayParams,
    responses: { 200: { description: 'The network', schema: overlayDetail } },
    errors: ['network_not_found', 'ambiguous_name'],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
