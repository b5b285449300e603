import { describe, expect, it } from '@jest/globals';
import { Pkcs10CertificateRequestGenerator } from './testing/authority.js';
import { createECDH, generateKeyPairSync, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import {
  createKey,
  createNonce,
  createSigningRequest,
  isRecoverySignedBy,
  publicKeyOf,
  type SigningPurpose,
  signRecovery,
  verifySigningRequest,
} from './signing.js';
import { testAuthority } from './testing/fixtures.js';

const request = (key: string, nonce: Buffer, purpose: SigningPurpose, about?: string) =>
  createSigningRequest(key, nonce, purpose, about) as { publicKey: Buffer; proof: Buffer };

const refusal = { code: 'invalid_argument' };

/** SubjectPublicKeyInfo of other kinds of keys. */
const spki = (type: 'rsa' | 'ed25519' | 'ec', options: object = {}): Buffer =>
  generateKeyPairSync(type as 'ec', options as { namedCurve: string }).publicKey.export({
    type: 'spki',
    format: 'der',
  });

describe('a signing request', () => {
  it('gives the key where its proof is for this nonce, purpose and token', () => {
    const [key, nonce] = [createKey(), createNonce()];
    expect(verifySigningRequest(request(key, nonce, 'renew'), nonce, 'renew')).toEqual(publicKeyOf(key));
    expect(verifySigningRequest(request(key, nonce, 'join', 'token'), nonce, 'join', 'token')).toEqual(
      publicKeyOf(key),
    );
  });

  it.each([
    ['another nonce', () => [createNonce(), 'join', 'token'] as const],
    ['another purpose', (nonce: Buffer) => [nonce, 'renew', 'token'] as const],
    ['another token', (nonce: Buffer) => [nonce, 'join', 'tokem'] as const],
    [
      'parts that are cut elsewhere',
      (nonce: Buffer) => [Buffer.concat([nonce, Buffer.from('t')]), 'join', 'oken'] as const,
    ],
  ])('proves nothing for %s', (_what, asked) => {
    const nonce = createNonce();
    const message = request(createKey(), nonce, 'join', 'token');
    const [otherNonce, purpose, about] = asked(nonce);
    expect(() => verifySigningRequest(message, otherNonce, purpose, about)).toThrow('was not signed by the key');
  });

  it("does not take one key with another key's proof, nor any changed byte", () => {
    const nonce = createNonce();
    const [mine, theirs] = [request(createKey(), nonce, 'join'), request(createKey(), nonce, 'join')];
    const mixed = { publicKey: mine.publicKey, proof: theirs.proof };
    expect(() => verifySigningRequest(mixed, nonce, 'join')).toThrow(expect.objectContaining(refusal));
    for (let at = 0; at < mine.proof.length; at++) {
      const proof = Buffer.from(mine.proof);
      proof[at] = (proof[at] ?? 0) ^ 1;
      expect(() => verifySigningRequest({ ...mine, proof }, nonce, 'join')).toThrow(expect.objectContaining(refusal));
    }
    expect(() => verifySigningRequest({ ...mine, proof: Buffer.alloc(0) }, nonce, 'join')).toThrow('was not signed');
  });

  /** What somebody may put in the place of the one key. */
  const others: Record<string, () => Promise<Buffer> | Buffer> = {
    nothing: () => Buffer.alloc(0),
    'random bytes': () => randomBytes(91),
    'an RSA key': () => spki('rsa', { modulusLength: 2048 }),
    'an Ed25519 key': () => spki('ed25519'),
    'a key of P-384': () => spki('ec', { namedCurve: 'P-384' }),
    'a key of secp256k1': () => spki('ec', { namedCurve: 'secp256k1' }),
    'two keys': () => Buffer.concat([publicKeyOf(createKey()), publicKeyOf(createKey())]),
    'a key with bytes behind it': () => Buffer.concat([publicKeyOf(createKey()), Buffer.from([0])]),
    'a key without its end': () => publicKeyOf(createKey()).subarray(0, 90),
    'a point that is not on the curve': () => {
      const key = Buffer.from(publicKeyOf(createKey()));
      key.fill(0x11, 27);
      return key;
    },
    'a compressed point': () => {
      const ecdh = createECDH('prime256v1');
      ecdh.generateKeys();
      const point = ecdh.getPublicKey(null, 'compressed');
      return Buffer.concat([Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'), point]);
    },
    'a private key': () => Buffer.from(createKey()),
    'a PEM text': () => Buffer.from(publicKeyOf(createKey()).toString('base64')),
    'a certificate': async () => new X509Certificate((await (await testAuthority()).agent()).certificateChain).raw,
    'a certificate that may sign others': async () =>
      new X509Certificate((await (await testAuthority()).agent(undefined, { ca: true })).certificateChain).raw,
    'a certificate with more names': async () => {
      const names = ['spiffe://00000000-0000-4000-8000-000000000000/controller', 'https://example.org'];
      return new X509Certificate((await (await testAuthority()).agent('', { names })).certificateChain).raw;
    },
    'a PKCS#10 request for the name of a controller': async () => {
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const made = await Pkcs10CertificateRequestGenerator.create({
        name: 'CN=spiffe://00000000-0000-4000-8000-000000000000/controller',
        keys: keys as never,
        signingAlgorithm: algorithm,
      });
      return Buffer.from(made.rawData);
    },
  };

  it.each(Object.entries(others))('takes %s for no key', async (_what, make) => {
    const nonce = createNonce();
    const publicKey = await make();
    const message = { publicKey, proof: randomBytes(64) };
    expect(() => verifySigningRequest(message, nonce, 'join')).toThrow('is not exactly one P-256 key');
  });
});

describe('the signature of a registered key', () => {
  const [registered, nonce, newKey] = [createKey(), createNonce(), publicKeyOf(createKey())];
  const signature = signRecovery(registered, nonce, 'agent-1', newKey);
  const known = publicKeyOf(registered);

  it('is for one agent, nonce and new key', () => {
    expect(isRecoverySignedBy(known, nonce, 'agent-1', newKey, signature)).toBe(true);
    expect(isRecoverySignedBy(known, nonce, 'agent-2', newKey, signature)).toBe(false);
    expect(isRecoverySignedBy(known, createNonce(), 'agent-1', newKey, signature)).toBe(false);
    expect(isRecoverySignedBy(known, nonce, 'agent-1', publicKeyOf(createKey()), signature)).toBe(false);
    expect(isRecoverySignedBy(publicKeyOf(createKey()), nonce, 'agent-1', newKey, signature)).toBe(false);
  });

  it('is not the proof of a signing request, which the same key may make', () => {
    const { proof } = request(registered, nonce, 'recover', 'agent-1');
    expect(isRecoverySignedBy(known, nonce, 'agent-1', known, proof)).toBe(false);
  });
});
