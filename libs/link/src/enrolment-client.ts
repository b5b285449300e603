import { FairleadError, type JoinToken } from '@fairlead/domain';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { leafOf, nameOf } from './certificate.js';
import { enrolmentCodec } from './enrolment-codec.js';
import type { Enrolled } from './enrolment-contract.js';
import type { EnrolledMessage__Output } from './generated/fairlead/link/v1/EnrolledMessage.js';
import { CAPABILITY } from './protocol.js';
import { createSigningRequest, publicKeyOf, signRecovery } from './signing.js';
import { secureClient, startTls } from './tls-client.js';
import { UnaryCaller } from './unary-call.js';

interface EnrolmentDial {
  /** A fresh connection to the controller, before TLS; joining needs two. */
  readonly openSocket: () => Promise<Socket>;
  /** For messages. */
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface JoinOptions extends EnrolmentDial {
  readonly token: JoinToken;
  readonly hostName: string;
  /** PKCS#8 PEM, P-256; see `createKey`. */
  readonly privateKey: string;
}

export interface RecoverOptions extends EnrolmentDial {
  readonly agentId: string;
  readonly clusterId: string;
  /** PEM. */
  readonly roots: string;
  /** PKCS#8 PEM: the key that the controller knows. */
  readonly registeredKey: string;
  /** PKCS#8 PEM: the key to be certified. */
  readonly newKey: string;
}

const CALL_LIMIT_MS = 30_000;
/** Certificates between one and its root; longer chains are none of ours. */
const LONGEST_CHAIN = 5;

/**
 * Gives this host its identity: looks whether the controller is the one that the token was made for, on a connection
 * that carries nothing else; then joins over a second one that is verified from its first byte.
 * @throws FairleadError `forbidden` for another controller; `controller_unavailable`; what the controller says:
 * `token_refused`, `already_exists`, …
 */
export async function joinController(options: JoinOptions): Promise<Enrolled> {
  const { token, hostName, privateKey, openSocket, address, now = Date.now } = options;
  const root = await fetchRoot(options);
  const expected = { role: 'controller', roots: root, address, now } as const;
  const { socket, name } = await secureClient(await openSocket(), expected);
  const enrolled = await enrol(socket, address, async (call, nonce) => {
    const signing = createSigningRequest(privateKey, nonce, 'join', token.id);
    const secret = Buffer.from(token.secret, 'base64url');
    const request = { tokenId: token.id, secret, hostName, nonce, signing, capability: CAPABILITY };
    const answer = await call.call(
      enrolmentCodec.pathOf('Join'),
      enrolmentCodec.encodeRequest('Join', request),
      CALL_LIMIT_MS,
    );
    return enrolmentCodec.decodeResponse('Join', answer);
  });
  return checkEnrolled(enrolled, privateKey, name.clusterId);
}

/**
 * Gets a new certificate where the old one has expired, by the key that the controller knows.
 * @throws FairleadError `controller_unavailable`; what the controller says: `identity_refused`, `host_quarantined`, …
 */
export async function recoverIdentity(options: RecoverOptions): Promise<Enrolled> {
  const { agentId, clusterId, roots, registeredKey, newKey, openSocket, address, now = Date.now } = options;
  const { socket } = await secureClient(await openSocket(), { role: 'controller', roots, clusterId, address, now });
  const enrolled = await enrol(socket, address, async (call, nonce) => {
    const signing = createSigningRequest(newKey, nonce, 'recover', agentId);
    const signature = signRecovery(registeredKey, nonce, agentId, publicKeyOf(newKey));
    const request = { agentId, nonce, signature, signing, capability: CAPABILITY };
    const answer = await call.call(
      enrolmentCodec.pathOf('Recover'),
      enrolmentCodec.encodeRequest('Recover', request),
      CALL_LIMIT_MS,
    );
    return enrolmentCodec.decodeResponse('Recover', answer);
  });
  if (enrolled.agentId !== agentId) throw unusable('it is for another agent');
  return checkEnrolled(enrolled, newKey, clusterId);
}

/** The root that the controller shows, in PEM form, once it is the one that the token names. */
async function fetchRoot({ openSocket, address, token }: JoinOptions): Promise<string> {
  const socket = await startTls(await openSocket(), { role: 'controller', address });
  const root = shownRoot(socket);
  // Cut off, not closed politely: not even a goodbye is sent.
  socket.destroy();
  const expected = Buffer.from(token.rootDigest, 'base64url').toString('hex');
  const found = root === undefined ? 'none: it shows no root certificate' : sha256(root.raw);
  if (root !== undefined && found === expected) return root.toString();
  throw new FairleadError(
    'forbidden',
    `This is not the controller that the token was made for; nothing was sent to ${address}`,
    {
      hint:
        `The token names the root ${expected}; the root shown at ${address} is ${found}. ` +
        'Look whether the address is right; if it is, somebody may stand between this host and the controller.',
    },
  );
}

function shownRoot(socket: TLSSocket): X509Certificate | undefined {
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  for (let depth = 0; depth < LONGEST_CHAIN; depth++) {
    if (certificate?.raw === undefined) return undefined;
    if (certificate.issuerCertificate === certificate) return new X509Certificate(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return undefined;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function enrol(
  socket: TLSSocket,
  address: string,
  ask: (call: UnaryCaller, nonce: Buffer) => Promise<EnrolledMessage__Output>,
): Promise<EnrolledMessage__Output> {
  const call = new UnaryCaller(socket, address);
  try {
    const challenge = enrolmentCodec.encodeRequest('Challenge', {});
    const answer = await call.call(enrolmentCodec.pathOf('Challenge'), challenge, CALL_LIMIT_MS);
    return await ask(call, Buffer.from(enrolmentCodec.decodeResponse('Challenge', answer).nonce));
  } finally {
    call.close();
  }
}

/** What would not work at the next dial is not kept. */
function checkEnrolled(message: EnrolledMessage__Output, privateKey: string, clusterId: string): Enrolled {
  const { agentId, hostName, certificateChain, roots } = message;
  const leaf = leafOf(certificateChain);
  const name = nameOf(leaf);
  if (
    name?.role !== 'agent' ||
    name.id !== agentId ||
    name.clusterId !== clusterId ||
    message.clusterId !== clusterId
  ) {
    throw unusable('it does not name this agent of this cluster');
  }
  if (!leaf.checkPrivateKey(createPrivateKey(privateKey))) throw unusable('it is for another key');
  const signed = certificatesOf(roots).some((root) => leaf.checkIssued(root) && leaf.verify(root.publicKey));
  if (!signed) throw unusable('none of the roots sent with it has signed it');
  return { clusterId, agentId, hostName, certificateChain, roots };
}

/** Every certificate of a PEM text. */
export function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => leafOf(block));
}

const unusable = (why: string): FairleadError =>
  new FairleadError('internal', `The controller gave a certificate that cannot be used: ${why}`, {
    hint: 'Report this; the host has not joined.',
  });
