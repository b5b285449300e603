import { type EventQuery, eventQuery, type EventView } from '@fairlead/api';
import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
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
    @Res() response: Response,
  ): void {
    for (const name of query.host) this.hosts.get(name);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(': connected\n\n');
    const send = (event: EventView): void => {
      if (!wanted(event, query) || response.writableEnded) return;
      if (response.writableLength > MAX_BEHIND_BYTES) return this.cutOff(response);
      response.write(toFrame(event));
    };
    const { missed, close } = this.hub.subscribe(lastEventId, toTimestamp(this.now()), send);
    missed.forEach(send);
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
