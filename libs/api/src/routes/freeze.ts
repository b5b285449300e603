import { freeze, freezeAnswer, freezeRequest } from '../freeze.js';
import { type Route } from './route.js';

export const freezeRoutes = {
  getFreeze: {
    method: 'get',
    path: '/freeze',
    tag: 'policies',
    access: { role: 'viewer', hosts: 'none' },
    summary: 'Show whether destructive work is frozen',
    description: 'By whom, when and why.',
    responses: { 200: { description: 'The switch', schema: freeze } },
    errors: [],
    destructive: false,
  },
  setFreeze: {
    method: 'post',
    path: '/freeze',
    tag: 'policies',
    access: { role: 'operator', hosts: 'all' },
    summary: 'Freeze destructive work on all hosts, or let it go on',
    description:
      'While it is frozen no network is removed and no container detached, by whomever: runs are held between two ' +
      'networks, commands are refused (`frozen`). Kept over a restart. Where it is so already, a request without a ' +
      'reason changes nothing.',
    body: freezeRequest,
    responses: { 200: { description: 'The switch', schema: freezeAnswer } },
    errors: [],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
