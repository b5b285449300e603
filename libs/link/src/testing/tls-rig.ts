import { randomUUID } from 'node:crypto';
import type { HostConnection } from '../contract.js';
import type { Enrolled, EnrolmentHandlers, LinkRefusal } from '../enrolment-contract.js';
import { LinkServer, type LinkServerOptions } from '../link-server.js';
import type { TestAuthority } from './authority.js';
import { MemoryLog } from './fake-agent.js';
import { type Cleanup, testAuthority } from './fixtures.js';

/** A controller's link on a loopback port behind TLS, whose enrolment lets everybody in with the first key. */
export async function startTlsLink(cleanup: Cleanup, options: Partial<LinkServerOptions> = {}) {
  const ca = await testAuthority();
  const log = new MemoryLog();
  const connections: HostConnection[] = [];
  const refusals: LinkRefusal[] = [];
  const enrolment = new EverybodyMayJoin(ca);
  const server = new LinkServer({
    onConnection: (connection) => void connections.push(connection),
    onRefused: (refusal) => void refusals.push(refusal),
    log,
    enrolment,
    identity: await ca.controller(),
    ...options,
  });
  cleanup.add(() => server.close());
  const address = await server.listen('127.0.0.1:0');
  return { ca, log, server, address, connections, refusals, enrolment };
}

export class EverybodyMayJoin implements EnrolmentHandlers {
  readonly agentId = randomUUID();
  readonly joined: Parameters<EnrolmentHandlers['join']>[] = [];
  private registeredKey = Buffer.alloc(0);

  constructor(private readonly ca: TestAuthority) {}

  join = async (...call: Parameters<EnrolmentHandlers['join']>): Promise<Enrolled> => {
    this.joined.push(call);
    this.registeredKey = Buffer.from(call[0].publicKey);
    return this.enrolled(call[0].publicKey, call[0].hostName);
  };

  recover = async (application: Parameters<EnrolmentHandlers['recover']>[0]): Promise<Enrolled> => {
    application.isSignedBy(this.registeredKey);
    return this.enrolled(application.newPublicKey, 'web-07');
  };

  private async enrolled(publicKey: Buffer, hostName: string): Promise<Enrolled> {
    const { agentId, ca } = this;
    const { certificateChain } = await ca.agent(agentId, { publicKey });
    return { clusterId: ca.clusterId, agentId, hostName, certificateChain, roots: ca.root };
  }
}
