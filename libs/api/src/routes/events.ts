import { event, eventHeaders, eventQuery } from '../event.js';
import { type Route } from './route.js';

export const eventsRoutes = {
  followEvents: {
    method: 'get',
    path: '/events',
    tag: 'events',
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'Follow changes',
    description:
      'Server-sent events; `id` is the event’s id, `event` its type, `data` the JSON below. An `id` alone tells where the ' +
      'stream stands. With Last-Event-ID the stream goes on after that event; where it is too long ago, or the reader too ' +
      'slow, `resync` comes in the place of what was missed. A host that comes for the first time is told of by ' +
      '`host.changed` alone: who sees one appear reads its networks. Changes of one host that follow each other at once may ' +
      'be one event.',
    query: eventQuery,
    headers: eventHeaders,
    responses: { 200: { description: 'The stream', schema: event, mediaType: 'text/event-stream' } },
    errors: ['host_not_found'],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
