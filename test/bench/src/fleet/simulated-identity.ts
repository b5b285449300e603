import { createHash, X509Certificate } from 'node:crypto';
import { type JoinToken } from '@fairlead/domain';
import {
  certificatesOf,
  connectTo,
  createKey,
  createSigningRequest,
  joinController,
  type TlsIdentity,
} from '@fairlead/link';

/** The identity of a simulated host, from a real enrolment, in memory only: it is lost with its process. */
export class SimulatedIdentity {
  private pending: string | undefined;

  private constructor(private current: TlsIdentity) {}

  /** @throws FairleadError as `joinController` */
  static async join(controller: string, hostName: string, token: JoinToken): Promise<SimulatedIdentity> {
    const privateKey = createKey();
    const place = { openSocket: () => connectTo(controller), address: controller };
    const { certificateChain, roots } = await joinController({ ...place, token, hostName, privateKey });
    return new SimulatedIdentity({ certificateChain, privateKey, roots });
  }

  get tls(): TlsIdentity {
    return this.current;
  }

  /** SHA-256 of each trusted root, hexadecimal. */
  get rootDigests(): string[] {
    return digestsOf(this.current.roots);
  }

  /** The key to ask a certificate for: the same until one is installed. */
  request(nonce: Uint8Array) {
    this.pending ??= createKey();
    return createSigningRequest(this.pending, Buffer.from(nonce), 'renew');
  }

  /** @returns the serial number of what is shown from now on */
  install(certificateChain: string, roots: string): string {
    const privateKey = this.pending ?? this.current.privateKey;
    this.current = { certificateChain, privateKey, roots: roots || this.current.roots };
    this.pending = undefined;
    return new X509Certificate(certificateChain).serialNumber.toLowerCase();
  }

  /** @returns the digests of the roots that are trusted from now on */
  trust(roots: string): string[] {
    this.current = { ...this.current, roots };
    return this.rootDigests;
  }
}

/** All hosts trust the same roots: their digests, and their text, are kept once. */
const known = new Map<string, string[]>();

function digestsOf(roots: string): string[] {
  const digests =
    known.get(roots) ?? certificatesOf(roots).map(({ raw }) => createHash('sha256').update(raw).digest('hex'));
  known.set(roots, digests);
  return digests;
}
