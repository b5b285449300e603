import type { IncomingMessage } from 'node:http';
import { FairleadError } from '@fairlead/domain';
import type { EngineEvent } from '../port.js';
import type { Connection } from './connection.js';
import { isPodman } from './describe.js';
import { lineSplitter } from './lines.js';
import type { RawEvent, RawInfo, RawVersion } from './raw.js';

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
  try {
    const { isLate, since } = await subscription(connection);
    const query = { filters: JSON.stringify(FILTERS), since };
    if (isLate && !signal.aborted) handlers.opened();
    const stream = await connection.stream({ ...request, query, waits: isLate }, signal);
    if (!isLate) handlers.opened();
    await drain(stream, handlers.event);
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof FairleadError ? error : ended(connection, error);
  }
  if (!signal.aborted) throw ended(connection);
}

/**
 * How a subscription begins: from now on, by the engine's own clock, so that it does not matter when the engine has
 * read the request. Podman 5.8 sends its headers with the first event only, which may be in an hour.
 */
async function subscription(connection: Connection): Promise<{ isLate: boolean; since: string }> {
  const about = { call: 'events', subject: '', method: 'GET' } as const;
  const [version, info] = await Promise.all([
    connection.json({ ...about, path: '/version' }) as Promise<RawVersion>,
    connection.json({ ...about, path: '/info' }) as Promise<RawInfo>,
  ]);
  return { isLate: isPodman(version), since: toTimestamp(info.SystemTime ?? '') };
}

/** `2026-11-25T05:31:24.106613623Z` as `1795584684.106613623`, the only form that all engines take; 0 for no time. */
export function toTimestamp(text: string): string {
  const seconds = Math.floor(Date.parse(text) / 1000);
  if (Number.isNaN(seconds)) return '0';
  return `${seconds}.${(/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(9, '0').slice(0, 9)}`;
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
  // Podman 5.8 gives the container as the actor of connect and disconnect, and the network's name beside it, as it
  // does with its own id of create and remove.
  const isAttachment = raw.Action === 'connect' || raw.Action === 'disconnect';
  const isPodmans = type === 'network' && isAttachment && raw.Actor?.Attributes?.['network'] !== undefined;
  return { type, action: ACTIONS[raw.Action] ?? raw.Action, id: isPodmans ? '' : (raw.Actor?.ID ?? '') };
}

/** Podman's words where Docker has another. */
const ACTIONS: Readonly<Record<string, string>> = { remove: 'destroy' };

function parse(line: string): RawEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
