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
      'Server-sent events; `id` is the event’s id, `event` its type, `data` the JSON below. With Last-Event-ID the stream ' +
      'goes on after that event; where it is too long ago, the first event is `resync`.',
    query: eventQuery,
    headers: eventHeaders,
    responses: { 200: { description: 'The stream', schema: event, mediaType: 'text/event-stream' } },
    errors: ['host_not_found'],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
