import { FairleadError, toFairleadError } from '@fairlead/domain';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Caller } from './caller.js';
import { enrolmentCodec } from './enrolment-codec.js';
import type { LinkRefusal } from './enrolment-contract.js';
import type { EnrolmentService } from './enrolment-service.js';
import type { LinkLimits } from './limits.js';
import type { Peer } from './peer.js';
import { agentLink } from './protocol.js';

const ATTACH = agentLink['Attach']?.path ?? '';

/** Who may call what on the controller's link: exact paths, and nothing that is not here. */
const ALLOWED: ReadonlyMap<string, { readonly what: string; readonly callers: ReadonlySet<Peer['kind']> }> = new Map([
  [ATTACH, { what: 'Attach', callers: new Set<Peer['kind']>(['agent', 'local']) }],
  ...(['Challenge', 'Join', 'Recover'] as const).map(
    (method) =>
      [
        enrolmentCodec.pathOf(method),
        { what: method, callers: new Set<Peer['kind']>(['anonymous', 'agent', 'controller']) },
      ] as const,
  ),
]);

/** The gate of the controller's link. Everything that it refuses is told to `onRefused`. */
export class LinkGate {
  constructor(
    private readonly enrolment: EnrolmentService | undefined,
    private readonly limits: LinkLimits,
    private readonly onRefused: (refusal: LinkRefusal) => void,
  ) {}

  /** @throws FairleadError `unsupported`, `identity_refused`, `unauthenticated`, `forbidden`, `overloaded` */
  pass(caller: Caller, path: string, stream: ServerHttp2Stream): void {
    try {
      this.check(caller, path);
    } catch (thrown) {
      const { message, code } = toFairleadError(thrown);
      const what = ALLOWED.get(path)?.what ?? path.slice(0, LONGEST_PATH);
      this.onRefused({ peer: caller.peer, what, reason: message, code });
      throw thrown;
    }
    if (path !== ATTACH) this.limitStranger(stream);
  }

  private check(caller: Caller, path: string): void {
    const allowed = ALLOWED.get(path);
    if (allowed === undefined) throw new FairleadError('unsupported', 'This controller serves no such method');
    if (!allowed.callers.has(caller.peer.kind)) throw caller.fault ?? notAllowed(caller.peer, allowed.what);
    if (path !== ATTACH) this.enrolment?.admit(caller.peer);
  }

  /** A request whose bytes never come, or never end, holds a stream and memory, and nobody else would end it. */
  private limitStranger(stream: ServerHttp2Stream): void {
    const timer = setTimeout(() => stream.destroy(), this.limits.enrolmentMs);
    stream.once('close', () => clearTimeout(timer));
    let left = this.limits.enrolmentBytes;
    stream.on('data', (part: Buffer) => {
      left -= part.length;
      if (left < 0) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    });
  }
}

/** Of a path that nobody serves, what a log gets to see at most. */
const LONGEST_PATH = 100;

function notAllowed(peer: Peer, what: string): FairleadError {
  if (peer.kind === 'anonymous') {
    return new FairleadError('unauthenticated', `${what} needs the certificate of an agent, and none was shown`, {
      hint: 'Join the host first: its join token gives it a certificate.',
    });
  }
  return new FairleadError('forbidden', `${what} is not for a caller of the role '${peer.kind}'`);
}
