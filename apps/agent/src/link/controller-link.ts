import { randomUUID } from 'node:crypto';
import { LinkClient, type LinkClientOptions } from '@fairlead/link';
import type { HostDescription } from '../host-description.js';

export interface ControllerLinkParts extends Pick<LinkClientOptions, 'handlers' | 'log' | 'identity' | 'onExpired'> {
  /** Undefined: there is no controller to dial. */
  readonly address: string | undefined;
  readonly host: Pick<HostDescription, 'hasChanged'>;
  /** Resolves when no command runs whose answer would be lost. */
  readonly idle: () => Promise<void>;
}

/**
 * Keeps a session with the controller.
 * Invariant: the session that is open says of the engine and of the host's policy what they are; when they turn out to
 * be others (the engine answers for the first time, or was upgraded, or the policy file was edited), the session is
 * ended, and the next one's Hello says so.
 */
export class ControllerLink {
  private session = new AbortController();
  private readonly client: LinkClient | undefined;

  /** @throws FairleadError `invalid_argument` for an address that is none */
  constructor(private readonly parts: ControllerLinkParts) {
    const { address, handlers, log, identity, onExpired } = parts;
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

  /** Looks whether what was told of the host still holds. */
  hostHasNews(): void {
    if (this.client !== undefined) void this.tellAnew();
  }

  private async tellAnew(): Promise<void> {
    const { session } = this;
    if (!(await this.parts.host.hasChanged())) return;
    await this.parts.idle();
    // A session that began meanwhile has told it already.
    if (await this.parts.host.hasChanged()) session.abort();
  }
}
