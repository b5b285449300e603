import { historyPage, historyQuery } from '../history.js';
import {
  removedNetworkDetail,
  removedNetworkPage,
  removedNetworkParams,
  removedNetworkQuery,
} from '../removed-network.js';
import { restorePlan, restorePlanRequest, restoreRequest } from '../restore.js';
import { command, COMMAND_ERRORS, commandHeaders, type Route } from './route.js';

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
  planRestore: {
    method: 'post',
    path: '/removed-networks/{id}/restore/plan',
    tag: 'history',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'Show what making a removed network again would meet',
    description:
      'Asks the host: who has its name or ranges now, which containers it would be attached to, what cannot come back.',
    params: removedNetworkParams,
    body: restorePlanRequest,
    responses: { 200: { description: 'The plan', schema: restorePlan } },
    errors: [
      'network_not_found',
      'host_not_found',
      'host_unavailable',
      'engine_unavailable',
      'record_mismatch',
      'unsupported',
    ],
    destructive: false,
  },
  restoreNetwork: {
    method: 'post',
    path: '/removed-networks/{id}/restore',
    tag: 'history',
    access: { role: 'operator', hosts: 'filtered' },
    summary: 'Make a removed network again',
    description:
      'With its name, driver, options, labels and address ranges, then with the containers that were on it: their aliases, ' +
      'addresses and the rest. Nothing is done where its name or a range is taken.',
    params: removedNetworkParams,
    headers: commandHeaders,
    body: restoreRequest,
    responses: command(201, 'Made again: `result.network`'),
    errors: [
      ...COMMAND_ERRORS,
      'network_not_found',
      'already_exists',
      'subnet_overlap',
      'addresses_exhausted',
      'record_mismatch',
      'journal_failed',
      'unsupported',
    ],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
