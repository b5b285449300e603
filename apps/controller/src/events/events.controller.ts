import { type EventQuery, eventQuery } from '@fairlead/api';
import { Controller, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Access } from '../access/access.js';
import { TooMany } from '../access/attempts.js';
import { type Principal, principalOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { HostsService } from '../hosts/hosts.service.js';
import { ACCESS } from '../http/tokens.js';
import { validQuery } from '../http/validated.js';
import { EventHub } from './event-hub.js';
import { EventStream } from './event-stream.js';
import { sightOf } from './sight.js';
import { wantedBy } from './wanted.js';

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
    this.serve(query, lastEventId, principal, response);
  }

  private serve(query: EventQuery, lastEventId: string | undefined, principal: Principal, response: Response): void {
    const sight = sightOf(principal.scope, (name) => this.hosts.find(name));
    const stream = new EventStream(response, this.hub.follow(lastEventId, { sight, wants: wantedBy(query) }));
    const looks = setInterval(() => void this.endWith(principal, response), STILL_LET_IN_MS);
    this.count(principal, 1);
    response.on('close', () => {
      this.count(principal, -1);
      clearInterval(looks);
      stream.close();
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
}
