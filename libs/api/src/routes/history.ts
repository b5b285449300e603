import { historyPage, historyQuery } from '../history.js';
import {
  removedNetworkDetail,
  removedNetworkPage,
  removedNetworkParams,
  removedNetworkQuery,
} from '../removed-network.js';
import { type Route } from './route.js';

export const historyRoutes = {
  listHistory: {
    method: 'get',
    path: '/history',
    tag: 'history',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'List what changed, and who did it',
    description: 'Newest first. Kept for as long as the controller was told to (`--history-days`).',
    query: historyQuery,
    responses: { 200: { description: 'One page', schema: historyPage } },
    errors: [],
    destructive: false,
  },
  listRemovedNetworks: {
    method: 'get',
    path: '/removed-networks',
    tag: 'history',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'List the networks that are gone',
    description: 'Latest first, whoever removed them.',
    query: removedNetworkQuery,
    responses: { 200: { description: 'One page', schema: removedNetworkPage } },
    errors: [],
    destructive: false,
  },
  getRemovedNetwork: {
    method: 'get',
    path: '/removed-networks/{id}',
    tag: 'history',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'Show the last record of a network that is gone',
    description: 'With the containers that were on it.',
    params: removedNetworkParams,
    responses: { 200: { description: 'The record', schema: removedNetworkDetail } },
    errors: ['network_not_found'],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
