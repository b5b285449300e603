import { FairleadError } from '@fairlead/domain';
import { createNonce, type HostConnection, verifySigningRequest } from '@fairlead/link';
import { type CertificateAuthority } from './certificate-authority.js';
import { type IdentitiesService } from './identities.service.js';
import { type StoredIdentity } from './identity.js';
import { type Held, sameSet } from './renewals-need.js';

/** Time for one call of an agent, which writes files meanwhile, in milliseconds. */
const DEADLINE_MS = 15_000;

export type IdentitiesOfRenewals = Pick<IdentitiesService, 'of' | 'renewed' | 'confirmed' | 'trusts'>;

/** Changes what an agent trusts and shows, over its session, which goes on meanwhile. */
export class RenewingAgent {
  constructor(
    private readonly connection: HostConnection,
    private readonly identities: IdentitiesOfRenewals,
    private readonly ca: CertificateAuthority,
  ) {}

  /** Gives it the set of roots, and notes what it says that it trusts then. */
  async trust({ id }: StoredIdentity): Promise<void> {
    const wanted = this.ca.roots().map(({ digest }) => digest);
    const roots = this.ca.trustedRoots();
    const { rootDigests } = await this.connection.invoke('UpdateTrust', { roots }, { deadlineMs: DEADLINE_MS });
    await this.identities.trusts(id, rootDigests);
    if (sameSet(rootDigests, wanted)) return;
    throw new FairleadError('unsupported', `It was sent ${wanted.length} roots, and says that it trusts other ones`);
  }

  /**
   * Gives it another certificate, for a key that it has just made. The certificate is on record before it is sent, so
   * that an agent never has one that is not.
   * @param lost whether it has lost the key of the one that it was to get last, and so shows the one before
   */
  async renew(identity: StoredIdentity, lost: boolean): Promise<Held> {
    const nonce = createNonce();
    const request = await this.connection.invoke('RequestCertificate', { nonce }, { deadlineMs: DEADLINE_MS });
    const publicKey = verifySigningRequest(request, nonce, 'renew');
    assertNewKey(identity, publicKey.toString('base64'));
    const listening = identity.address !== null;
    const issued = await this.ca.issueAgent({ agentId: identity.id, publicKey, listening });
    return this.install(await this.identities.renewed(identity.id, issued, publicKey, lost));
  }

  /** Sends the certificate that was issued last. Once more does no harm. */
  async install({ id, serial, notAfter, certificate: certificateChain }: StoredIdentity): Promise<Held> {
    const roots = this.ca.trustedRoots();
    const request = { certificateChain, roots };
    const installed = await this.connection.invoke('InstallCertificate', request, { deadlineMs: DEADLINE_MS });
    if (installed.serial !== serial) {
      throw new FairleadError(
        'unsupported',
        `It was sent certificate ${serial}, and says that it has ${installed.serial}`,
      );
    }
    await this.identities.confirmed(id, serial);
    return { serial, notAfter };
  }
}

/** Another certificate for a key that is out of the agent's hands would be no gain: a renewal means a new key. */
function assertNewKey({ publicKey, previousKey, confirmed }: StoredIdentity, key: string): void {
  if (key !== (confirmed ? publicKey : previousKey)) return;
  throw new FairleadError('identity_refused', 'It asks for another certificate with the key that it has already');
}
