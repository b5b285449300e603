import { FairleadError, type JoinToken } from '@fairlead/domain';
import {
  type Enrolled,
  type EnrolmentHandlers,
  type HostConnection,
  type JoinApplication,
  LinkServer,
  type Peer,
  type RecoverApplication,
} from '@fairlead/link';
import { AGENT_ID, type Authority, CLUSTER_ID } from './authority.js';
import { memoryLog } from './memory-log.js';

export const SECRET = 's'.repeat(42) + 'A';

/** A token that `aController` accepts, unless its handlers say otherwise. */
export const aToken = (authority: Authority, more: Partial<JoinToken> = {}): JoinToken => ({
  rootDigest: authority.rootDigest,
  id: 'abcdefghij',
  secret: SECRET,
  ...more,
});

export interface TestController {
  readonly address: string;
  readonly server: LinkServer;
  readonly joins: JoinApplication[];
  readonly recoveries: RecoverApplication[];
  /** The n-th session (from 1), as soon as there is one. */
  session(count: number): Promise<HostConnection>;
  close(): Promise<void>;
}

export interface ControllerOptions {
  readonly authority: Authority;
  /** Default: a free port of this machine. */
  readonly address?: string;
  /** Of its own certificate, in milliseconds from now. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly join?: (application: JoinApplication, answer: () => Promise<Enrolled>) => Promise<Enrolled>;
  readonly recover?: (application: RecoverApplication, answer: () => Promise<Enrolled>) => Promise<Enrolled>;
}

/** The link and the enrolment of a controller, without what stands behind them. */
export async function startController({ authority, ...options }: ControllerOptions): Promise<TestController> {
  const { join = checkSecret, recover = (_, answer) => answer(), fromMs = -3_600_000, toMs = 86_400_000 } = options;
  const sessions: HostConnection[] = [];
  const waiting: (() => void)[] = [];
  const joins: JoinApplication[] = [];
  const recoveries: RecoverApplication[] = [];
  const enrolled = async (hostName: string, key: Buffer): Promise<Enrolled> => ({
    clusterId: CLUSTER_ID,
    agentId: AGENT_ID,
    hostName,
    certificateChain: await authority.issue({ key }),
    roots: authority.root,
  });
  const enrolment: EnrolmentHandlers = {
    join: (application: JoinApplication, _: Peer) => {
      joins.push(application);
      return join(application, () => enrolled(application.hostName, application.publicKey));
    },
    recover: (application: RecoverApplication, _: Peer) => {
      recoveries.push(application);
      return recover(application, () => enrolled('web-1', application.newPublicKey));
    },
  };
  const server = new LinkServer({
    onConnection: (connection: HostConnection) => {
      sessions.push(connection);
      waiting.splice(0).forEach((wake) => wake());
      return Promise.resolve();
    },
    log: memoryLog(),
    enrolment,
    identity: await authority.controller({ fromMs, toMs }),
  });
  const address = await server.listen(options.address ?? '127.0.0.1:0');
  const session = async (count: number): Promise<HostConnection> => {
    while (sessions.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    return sessions[count - 1] as HostConnection;
  };
  return { address, server, joins, recoveries, session, close: () => server.close() };
}

const checkSecret = ({ secret }: JoinApplication, answer: () => Promise<Enrolled>): Promise<Enrolled> => {
  if (secret === SECRET) return answer();
  return Promise.reject(new FairleadError('token_refused', 'The join token is not accepted'));
};
