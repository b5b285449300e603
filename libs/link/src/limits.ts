/** What one link takes of callers before it stops them. Rates are token buckets: so much at once, then so much a second. */
export interface LinkLimits {
  /** Time for a TLS handshake, in milliseconds. */
  readonly handshakeMs: number;
  /** Open connections of one source that have not proven to be an agent. A source is an IPv4 address or an IPv6 /64. */
  readonly connectionsPerAddress: number;
  /** Open connections of one agent. */
  readonly connectionsPerAgent: number;
  readonly newConnectionsPerAddress: Rate;
  /** Over all sources; what comes faster waits. */
  readonly handshakes: Rate;
  /** Handshakes under way, and agents that are being taken in after theirs; who comes meanwhile waits. */
  readonly handshakesAtOnce: number;
  /** Connections that wait for their handshake: of sources where agents are known, and as many of others. */
  readonly waitingHandshakes: number;
  /** Time after which one that waits for its handshake is closed, in milliseconds. */
  readonly handshakeWaitMs: number;
  /** Connections after their handshake, of all sources, that have not proven to be an agent. */
  readonly strangers: number;
  /** Bytes that one agent's connection sends us, TLS included. */
  readonly bytes: Rate;
  /** Bytes of TLS on it that carry nothing. */
  readonly tlsBytes: Rate;
  /** Bytes of a connection that has not proven to be one of ours; its handshake takes less than 3 KiB, an enrolment 2. */
  readonly strangerBytes: Rate;
  /** Connections of one agent or one source that were ended for a flood, after which it is kept out for `floodMs`. */
  readonly floods: number;
  readonly floodMs: number;
  /** HTTP/2 PING and SETTINGS frames of one connection. */
  readonly controlFrames: Rate;
  /** Calls begun on one connection. */
  readonly calls: Rate;
  /** Messages of one session that we have not asked for. */
  readonly messages: Rate;
  /** Time that a session may spend at the limit of its messages, in milliseconds. */
  readonly overloadMs: number;
  /** Calls of Enrolment from one source. */
  readonly enrolments: Rate;
  /** Time for one call of Enrolment, in milliseconds. */
  readonly enrolmentMs: number;
  /** Bytes of one call of Enrolment. A stranger shall not fill our memory with what an agent may send. */
  readonly enrolmentBytes: number;
  /** Wrong tokens or identities of one source after which it is refused for `lockoutMs`. */
  readonly wrongTokens: number;
  readonly lockoutMs: number;
}

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: LinkLimits = {
  handshakeMs: 5_000,
  connectionsPerAddress: 100,
  connectionsPerAgent: 4,
  newConnectionsPerAddress: { burst: 100, perSecond: 50 },
  handshakes: { burst: 200, perSecond: 200 },
  handshakesAtOnce: 128,
  waitingHandshakes: 3_000,
  handshakeWaitMs: 20_000,
  strangers: 1_000,
  bytes: { burst: 32 * MIB, perSecond: MIB },
  tlsBytes: { burst: MIB / 4, perSecond: MIB / 64 },
  strangerBytes: { burst: MIB / 16, perSecond: MIB / 64 },
  floods: 3,
  floodMs: 60_000,
  controlFrames: { burst: 100, perSecond: 10 },
  calls: { burst: 100, perSecond: 20 },
  messages: { burst: 200, perSecond: 50 },
  overloadMs: 30_000,
  enrolments: { burst: 200, perSecond: 20 },
  enrolmentMs: 30_000,
  enrolmentBytes: 16 * 1024,
  wrongTokens: 20,
  lockoutMs: 10 * 60_000,
};
