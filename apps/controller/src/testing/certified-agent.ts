import { createPrivateKey, X509Certificate } from 'node:crypto';
import { FairleadError } from '@fairlead/domain';
import { createKey, createSigningRequest, type HostConnection } from '@fairlead/link';
import { type AgentPeer, type Rig } from './rig.js';
import { ScriptedAgent } from './scripted-agent.js';

const certificatesOf = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map((each) => new X509Certificate(each));

const digestOf = ({ fingerprint256 }: X509Certificate): string => fingerprint256.replaceAll(':', '').toLowerCase();

/**
 * A played agent of a host that has joined. It looks at what it is sent as a real one does: a certificate has to be for
 * its pending key and under a root that it is told of, and it never gives up the root of its own certificate.
 */
export class CertifiedAgent extends ScriptedAgent {
  chain = '';
  roots: readonly X509Certificate[] = [];
  pendingKey: string | undefined;
  /** Keys whose certificates it has had, oldest first. */
  readonly keys: string[] = [];
  /** Called before each answer that concerns the certificate. */
  before: (method: 'RequestCertificate' | 'InstallCertificate' | 'UpdateTrust') => void | Promise<void> = () =>
    undefined;

  private constructor(name: string) {
    super(name, { capability: 2 });
    this.on('RequestCertificate', async ({ nonce }) => {
      await this.before('RequestCertificate');
      this.pendingKey ??= createKey();
      return createSigningRequest(this.pendingKey, nonce, 'renew');
    });
    this.on('InstallCertificate', async ({ certificateChain, roots }) => {
      await this.before('InstallCertificate');
      return { serial: this.install(certificateChain, roots) };
    });
    this.on('UpdateTrust', async ({ roots }) => {
      await this.before('UpdateTrust');
      return { rootDigests: this.trust(roots) };
    });
  }

  static async join(rig: Rig, name: string): Promise<CertifiedAgent> {
    const agent = new CertifiedAgent(name);
    await rig.join(name);
    agent.chain = rig.runtime.identities.service.of(name)!.certificate;
    agent.trust(rig.ca!.trustedRoots());
    return agent;
  }

  get leaf(): X509Certificate {
    return new X509Certificate(this.chain);
  }

  get serial(): string {
    return this.leaf.serialNumber.toLowerCase();
  }

  /** Digest of the root of its certificate, hexadecimal. */
  get rootDigest(): string {
    return digestOf(certificatesOf(this.chain)[1]!);
  }

  /** As whom it counts with the certificate that it has. */
  peer(rig: Rig): AgentPeer {
    return { ...rig.peerOf(this.facts.name), serial: this.serial, notAfter: Date.parse(this.leaf.validTo) };
  }

  attachTo(rig: Rig): Promise<HostConnection> {
    return rig.attach(this, undefined, this.peer(rig));
  }

  private install(chain: string, roots: string): string {
    const leaf = new X509Certificate(chain);
    if (chain !== this.chain) {
      const known = this.pendingKey !== undefined && leaf.checkPrivateKey(createPrivateKey(this.pendingKey));
      if (!known) throw new FairleadError('invalid_argument', 'The certificate is not for a key of this agent');
      const trusted = certificatesOf(roots);
      if (!trusted.some((root) => leaf.verify(root.publicKey))) {
        throw new FairleadError('invalid_argument', 'The certificate is not under a trusted root');
      }
      this.keys.push(this.pendingKey!);
      this.pendingKey = undefined;
    }
    this.chain = chain;
    this.keep(certificatesOf(roots));
    return leaf.serialNumber.toLowerCase();
  }

  private trust(roots: string): string[] {
    const read = certificatesOf(roots);
    if (!read.some((root) => this.leaf.verify(root.publicKey))) {
      throw new FairleadError('invalid_argument', 'The root of the own certificate is not among them');
    }
    this.keep(read);
    return this.facts.rootDigests.slice();
  }

  private keep(roots: readonly X509Certificate[]): void {
    this.roots = roots;
    this.facts = { ...this.facts, rootDigests: roots.map(digestOf) };
  }
}
