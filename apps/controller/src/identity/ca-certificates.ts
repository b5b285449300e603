import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

// Only built here: nothing that comes from outside is ever read by this library, and Node's TLS verifies. Loaded with
// `import()`, when the first certificate is made: it takes some 10 MB.
x509.cryptoProvider.set(webcrypto);

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
const SERIAL_BYTES = 16;

/** What a leaf is good for. */
export type Usage = 'client' | 'server';

export interface LeafRequest {
  /** The only name. */
  readonly uri: string;
  /** SubjectPublicKeyInfo, DER: one P-256 key. */
  readonly publicKey: Buffer;
  readonly usages: readonly Usage[];
  /** Milliseconds since the epoch, whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface RootRequest {
  readonly commonName: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface NewRoot {
  /** PEM */
  readonly certificate: string;
  /** PKCS#8, PEM */
  readonly privateKey: string;
}

const USAGES = { client: x509.ExtendedKeyUsage.clientAuth, server: x509.ExtendedKeyUsage.serverAuth } as const;

/** A self-signed root that may sign leaves, and nothing that signs in its turn. */
export async function makeRoot({ commonName, notBefore, notAfter }: RootRequest): Promise<NewRoot> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [commonName] }],
    ...validity(notBefore, notAfter),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: toPem(certificate), privateKey: await exportKey(keys.privateKey) };
}

/**
 * Signs a leaf. Its subject is empty and its one name critical, so that there is no second place to look for names.
 * @param root PEM
 * @returns PEM
 */
export async function makeLeaf(request: LeafRequest, root: string, rootKey: webcrypto.CryptoKey): Promise<string> {
  const issuer = new x509.X509Certificate(root);
  const publicKey = await webcrypto.subtle.importKey('spki', request.publicKey, P256, true, ['verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: [],
    issuer: issuer.subjectName,
    ...validity(request.notBefore, request.notAfter),
    signingAlgorithm: SIGNATURE,
    publicKey,
    signingKey: rootKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(request.usages.map((usage) => USAGES[usage])),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: request.uri }], true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return toPem(certificate);
}

/** A new key for a leaf of our own. */
export async function makeKey(): Promise<{ readonly publicKey: Buffer; readonly privateKey: string }> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const publicKey = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  return { publicKey, privateKey: await exportKey(keys.privateKey) };
}

/** 128 bits, 126 of them random: never negative, and never with leading zeros, which readers leave out or not. */
function randomSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

const validity = (from: number, to: number) => ({ notBefore: new Date(from), notAfter: new Date(to) });

/** As Node writes it, with a line feed at the end. */
const toPem = (certificate: x509.X509Certificate): string =>
  new X509Certificate(Buffer.from(certificate.rawData)).toString();

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`;
}
