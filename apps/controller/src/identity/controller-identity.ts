import { toFairleadError } from '@fairlead/domain';
import { type TlsIdentity } from '@fairlead/link';
import { type Log } from '../log.js';
import { type CertificateAuthority } from './certificate-authority.js';

/** The controller's own certificate lives for a week. In milliseconds. */
const RENEW_EVERY_MS = 24 * 3_600_000;
const RENEW_AGAIN_MS = 60_000;

/**
 * What the link shows of this controller, and which roots it trusts in agents. Its key is in memory only.
 *
 * Invariant: everybody who follows has been given the newest.
 */
export class ControllerIdentity {
  private readonly followers: ((identity: TlsIdentity) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly ca: CertificateAuthority,
    private newest: TlsIdentity,
    private readonly log: Log,
  ) {}

  static async open(ca: CertificateAuthority, log: Log): Promise<ControllerIdentity> {
    return new ControllerIdentity(ca, await ca.issueController(), log);
  }

  get current(): TlsIdentity {
    return this.newest;
  }

  /** @param follower given each one that is made from now on; open connections stay on theirs */
  follow(follower: (identity: TlsIdentity) => void): void {
    this.followers.push(follower);
  }

  start(): void {
    this.plan(RENEW_EVERY_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** A new key, under the root that is active now. To be called, too, when the set of trusted roots has changed. */
  async renew(): Promise<void> {
    this.newest = await this.ca.issueController();
    for (const follower of this.followers) follower(this.newest);
  }

  private plan(ms: number): void {
    this.timer = setTimeout(() => {
      this.renew().then(
        () => this.plan(RENEW_EVERY_MS),
        (error: unknown) => {
          this.log('the certificate of the controller could not be renewed', { error: toFairleadError(error).message });
          this.plan(RENEW_AGAIN_MS);
        },
      );
    }, ms).unref();
  }
}
