import { randomUUID } from 'node:crypto';
import { LinkClient, type LinkClientOptions } from '@fairlead/link';

export interface ControllerLinkParts extends Pick<LinkClientOptions, 'handlers' | 'log' | 'identity' | 'onExpired'> {
  /** Undefined: there is no controller to dial. */
  readonly address: string | undefined;
}

/**
 * Keeps a session with the controller.
 * Invariant: while it runs there is one client that dials, with at most one session.
 */
export class ControllerLink {
  private session = new AbortController();
  private readonly client: LinkClient | undefined;

  /** @throws FairleadError `invalid_argument` for an address that is none */
  constructor({ address, handlers, log, identity, onExpired }: ControllerLinkParts) {
    if (address === undefined) return;
    const own = { ...(identity && { identity }), ...(onExpired && { onExpired }) };
    this.client = new LinkClient({ address, handlers, instanceId: randomUUID(), log, ...own });
  }

  /** Runs until `signal` aborts; at once over without a controller. */
  async run(signal: AbortSignal): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    while (!signal.aborted) {
      this.session = new AbortController();
      await client.run(AbortSignal.any([signal, this.session.signal]));
    }
  }

  /** Ends the session; the next one's Hello says what is so by then. */
  beginAnew(): void {
    this.session.abort();
  }
}
