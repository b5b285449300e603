import { type EventQuery, eventQuery, type EventView } from '@fairlead/api';
import { Controller, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Access } from '../access/access.js';
import { TooMany } from '../access/attempts.js';
import { type Principal, principalOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { type Clock, toTimestamp } from '../clock.js';
import { HostsService } from '../hosts/hosts.service.js';
import { ACCESS, CLOCK } from '../http/tokens.js';
import { validQuery } from '../http/validated.js';
import { EventHub, wanted } from './event-hub.js';
import { sightOf } from './sight.js';

/** A reader that is this far behind is told to read again; a silent stream shows a sign of life. */
const MAX_BEHIND_BYTES = 1 << 20;
const SIGN_OF_LIFE_MS = 15_000;
/** Time between two looks whether the reader's token is still good. */
const STILL_LET_IN_MS = 4000;
/** Streams of one token or session at the same time. */
const MOST_STREAMS = 100;

/** Invariant: `open` counts the streams of each principal that has some. */
@Controller()
export class EventsController {
  private readonly open = new Map<string, number>();

  constructor(
    private readonly hub: EventHub,
    private readonly hosts: HostsService,
    @Inject(ACCESS) private readonly access: Access,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  @Serves('followEvents')
  follow(
    @Query(validQuery(eventQuery)) query: EventQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    const principal = principalOf(request);
    for (const name of query.host) this.hosts.get(name, principal.scope);
    if ((this.open.get(principal.id) ?? 0) >= MOST_STREAMS) throw new TooMany('event streams', 5);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') return void response.end();
    // Who has gone already is told of by no further event: what is begun for them would never end.
    if (response.destroyed) return;
    response.write(': connected\n\n');
    this.serve(query, lastEventId, principal, response);
  }

  private serve(query: EventQuery, lastEventId: string | undefined, principal: Principal, response: Response): void {
    const send = (event: EventView): void => {
      if (response.destroyed || !wanted(event, query)) return;
      if (response.writableLength > MAX_BEHIND_BYTES) return this.cutOff(response);
      response.write(toFrame(event));
    };
    const sight = sightOf(principal.scope, (name) => this.hosts.find(name));
    const { missed, close } = this.hub.subscribe(lastEventId, toTimestamp(this.now()), sight, send);
    const frames = missed
      .filter((event) => wanted(event, query))
      .map(toFrame)
      .join('');
    if (frames.length < MAX_BEHIND_BYTES / 2) response.write(frames);
    else
      response.write(
        toFrame(this.hub.resync(toTimestamp(this.now()), 'too much was missed: read again what you show')),
      );
    const life = setInterval(() => response.write(': alive\n\n'), SIGN_OF_LIFE_MS);
    const looks = setInterval(() => void this.endWith(principal, response), STILL_LET_IN_MS);
    this.count(principal, 1);
    response.on('close', () => {
      this.count(principal, -1);
      clearInterval(life);
      clearInterval(looks);
      close();
    });
  }

  private count({ id }: Principal, change: 1 | -1): void {
    const now = (this.open.get(id) ?? 0) + change;
    if (now > 0) this.open.set(id, now);
    else this.open.delete(id);
  }

  /** A stream does not outlive the credentials that it was opened with. */
  private async endWith(principal: Principal, response: Response): Promise<void> {
    const current = await this.access.authenticator.isCurrent(principal).catch(() => false);
    if (!current) response.destroy();
  }

  /** The reader comes back with the last id it has read, and is given what it missed, or `resync`. */
  private cutOff(response: Response): void {
    response.destroy();
  }
}

const toFrame = (event: EventView): string =>
  `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
