import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createHash, createPrivateKey, randomBytes, randomUUID, webcrypto } from 'node:crypto';
import type { TlsIdentity } from '../peer.js';
import { createKey, publicKeyOf } from '../signing.js';

export { ExtendedKeyUsage, Pkcs10CertificateRequestGenerator };

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR_MS = 3_600_000;

export interface LeafOptions {
  /** URI SANs; the default is the one name of the role. */
  readonly names?: readonly string[];
  /** Milliseconds from now. Default an hour ago. */
  readonly fromMs?: number;
  /** Milliseconds from now. Default in 24 hours. */
  readonly toMs?: number;
  readonly usages?: readonly ExtendedKeyUsage[];
  readonly ca?: boolean;
  /** PKCS#8 PEM; default a new one. */
  readonly privateKey?: string;
  /** SubjectPublicKeyInfo, DER, in the place of a private key that somebody else keeps. */
  readonly publicKey?: Buffer;
  /** What the holder trusts; default this authority's root. */
  readonly roots?: string;
}

/** A certificate authority for tests: makes identities as the controller would, and wrong ones. */
export class TestAuthority {
  private constructor(
    readonly clusterId: string,
    /** PEM. */
    readonly root: string,
    /** SHA-256 of the root's DER, base64url, as a join token carries it. */
    readonly rootDigest: string,
    private readonly signingKey: webcrypto.CryptoKey,
    private readonly signersKey: webcrypto.CryptoKey,
    private readonly subject = `CN=Fairlead test root ${clusterId}`,
  ) {}

  static async create(clusterId: string = randomUUID()): Promise<TestAuthority> {
    cryptoProvider.set(webcrypto as never);
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const root = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: `CN=Fairlead test root ${clusterId}`,
      notBefore: new Date(Date.now() - 365 * 24 * HOUR_MS),
      notAfter: new Date(Date.now() + 365 * 24 * HOUR_MS),
      keys: keys as never,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        // Two roots of one cluster have one name: by the key's identifier OpenSSL tells them apart.
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const digest = createHash('sha256').update(Buffer.from(root.rawData)).digest('base64url');
    return new TestAuthority(clusterId, `${root.toString('pem')}\n`, digest, keys.privateKey, keys.publicKey);
  }

  agent(id: string = randomUUID(), options: LeafOptions = {}): Promise<TlsIdentity> {
    return this.issue([`spiffe://${this.clusterId}/agent/${id}`], options);
  }

  controller(options: LeafOptions = {}): Promise<TlsIdentity> {
    return this.issue([`spiffe://${this.clusterId}/controller`], options);
  }

  /** A certificate that an agent has signed with its own key, as if it were an authority. */
  async agentSignedBy(agent: TlsIdentity): Promise<TlsIdentity> {
    const pkcs8 = createPrivateKey(agent.privateKey).export({ type: 'pkcs8', format: 'der' });
    const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']);
    const signersKey = await publicKey(publicKeyOf(agent.privateKey));
    const { clusterId, rootDigest } = this;
    const forger = new TestAuthority(clusterId, agent.certificateChain, rootDigest, signingKey, signersKey, '');
    return forger.agent();
  }

  private async issue(names: readonly string[], options: LeafOptions): Promise<TlsIdentity> {
    const { fromMs = -HOUR_MS, toMs = 24 * HOUR_MS, ca = false, roots = this.root } = options;
    const privateKey = options.privateKey ?? createKey();
    const usages = options.usages ?? [ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth];
    const extensions: Extension[] = [
      new BasicConstraintsExtension(ca, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([...usages], true),
      await AuthorityKeyIdentifierExtension.create(this.signersKey as never),
    ];
    const uris = options.names ?? names;
    if (uris.length > 0) {
      const values = uris.map((value) => ({ type: 'url' as const, value }));
      extensions.push(new SubjectAlternativeNameExtension(values));
    }
    const leaf = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: '',
      issuer: this.subject,
      notBefore: new Date(Date.now() + fromMs),
      notAfter: new Date(Date.now() + toMs),
      publicKey: (await publicKey(options.publicKey ?? publicKeyOf(privateKey))) as never,
      signingKey: this.signingKey as never,
      signingAlgorithm: ALGORITHM,
      extensions,
    });
    return { certificateChain: `${leaf.toString('pem')}\n${this.root}`, privateKey, roots };
  }
}

const serial = (): string => `4${randomBytes(15).toString('hex').slice(1)}`;

const publicKey = (spki: Buffer): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('spki', spki, ALGORITHM, true, ['verify']);
