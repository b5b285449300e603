import type { IncomingMessage } from 'node:http';
import { FairleadError } from '@fairlead/domain';
import type { EngineEvent } from '../port.js';
import type { Connection } from './connection.js';
import { lineSplitter } from './lines.js';
import type { RawEvent } from './raw.js';

/**
 * Filtered by the engine, because its buffer is shared by all kinds of events and a subscriber that falls behind slows
 * every operation down: no exec_* and no health_status, of which a health check makes three each time it runs.
 */
const FILTERS = {
  type: ['network', 'container'],
  event: [
    ...['create', 'connect', 'disconnect', 'destroy', 'remove', 'prune'],
    ...['start', 'die', 'stop', 'kill', 'rename', 'pause', 'unpause', 'restart'],
  ],
};

interface Handlers {
  readonly opened: () => void;
  readonly event: (event: EngineEvent) => void;
}

/** See `EnginePort.followEvents`. The stream is always drained: nothing here waits for the reader. */
export async function followEvents(connection: Connection, handlers: Handlers, signal: AbortSignal): Promise<void> {
  const request = { call: 'events', subject: '', method: 'GET', path: '/events' } as const;
  const query = { filters: JSON.stringify(FILTERS) };
  try {
    const stream = await connection.stream({ ...request, query }, signal);
    handlers.opened();
    await drain(stream, handlers.event);
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof FairleadError ? error : ended(connection, error);
  }
  if (!signal.aborted) throw ended(connection);
}

function drain(stream: IncomingMessage, event: (event: EngineEvent) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on(
      'data',
      lineSplitter((line) => {
        const parsed = toEngineEvent(line);
        if (parsed !== undefined) event(parsed);
      }),
    );
    stream.once('end', resolve);
    stream.once('close', resolve);
    stream.once('error', reject);
  });
}

const ended = ({ url }: Connection, cause?: unknown): FairleadError =>
  new FairleadError('engine_unavailable', `The event stream of ${url} has ended`, {
    hint: 'The engine has stopped or is restarting; what happened meanwhile has to be read again.',
    cause,
  });

/** What a line says, or undefined where it is not about a network or a container, or is not JSON. */
export function toEngineEvent(line: string): EngineEvent | undefined {
  const raw = parse(line);
  const type = raw?.Type;
  if ((type !== 'network' && type !== 'container') || !raw?.Action) return undefined;
  // Podman 5.8 gives the container as the actor of connect and disconnect, and the network's name beside it.
  const isPodmans = type === 'network' && raw.Actor?.Attributes?.['network'] !== undefined;
  return { type, action: raw.Action, id: isPodmans ? '' : (raw.Actor?.ID ?? '') };
}

function parse(line: string): RawEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
