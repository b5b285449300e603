import { type EventQuery, eventQuery, type EventView } from '@fairlead/api';
import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Clock, toTimestamp } from '../clock.js';
import { HostsService } from '../hosts/hosts.service.js';
import { CLOCK } from '../http/tokens.js';
import { validQuery } from '../http/validated.js';
import { EventHub, wanted } from './event-hub.js';

/** A reader that is this far behind is told to read again; a silent stream shows a sign of life. */
const MAX_BEHIND_BYTES = 1 << 20;
const SIGN_OF_LIFE_MS = 15_000;

@Controller('events')
export class EventsController {
  constructor(
    private readonly hub: EventHub,
    private readonly hosts: HostsService,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  @Get()
  follow(
    @Query(validQuery(eventQuery)) query: EventQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    for (const name of query.host) this.hosts.get(name);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') return void response.end();
    response.write(': connected\n\n');
    this.serve(query, lastEventId, response);
  }

  private serve(query: EventQuery, lastEventId: string | undefined, response: Response): void {
    const send = (event: EventView): void => {
      if (response.destroyed || !wanted(event, query)) return;
      if (response.writableLength > MAX_BEHIND_BYTES) return this.cutOff(response);
      response.write(toFrame(event));
    };
    const { missed, close } = this.hub.subscribe(lastEventId, toTimestamp(this.now()), send);
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
    response.on('close', () => {
      clearInterval(life);
      close();
    });
  }

  /** The reader comes back with the last id it has read, and is given what it missed, or `resync`. */
  private cutOff(response: Response): void {
    response.destroy();
  }
}

const toFrame = (event: EventView): string =>
  `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
