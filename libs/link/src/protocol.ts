/** The protocol as `proto/` states it, loaded once. Messages have camelCase fields, numbers for 64-bit integers. */
import type { MethodDefinition as RawMethodDefinition } from '@grpc/grpc-js';
import type { MethodDefinition, PackageDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';

export type AnyMethod = MethodDefinition<object, object>;

/** The newest entry of the dated log in `link.proto`. */
export const CAPABILITY = 3;
/** From this one on an agent can begin with a bookmark. */
export const BOOKMARK_FIRST = 3;

export const NETWORK_SERVICE = 'fairlead.agent.v1.NetworkService';
export const IDENTITY_SERVICE = 'fairlead.agent.v1.IdentityService';
export const AGENT_LINK = 'fairlead.link.v1.AgentLink';
export const ENROLMENT = 'fairlead.link.v1.Enrolment';

/** The agent process that answers: metadata of every answer of an agent's own server. */
export const INSTANCE_HEADER = 'fairlead-instance-id';
/** Our own client's deadline: shorter than the one of gRPC, which drops the call the moment it passes. */
export const DEADLINE_HEADER = 'fairlead-deadline-ms';

/** Trailer of a refusal: what is wrong with the caller's certificate. Only `EXPIRED` is ever said. */
export const CERTIFICATE_HEADER = 'fairlead-certificate';
export const EXPIRED = 'expired';

/** `src` and `dist` lie at the same depth below the root of the repository. */
const folder = fileURLToPath(new URL('../../../proto/', import.meta.url));

export const packageDefinition: PackageDefinition = loadSync(
  [
    'fairlead/agent/v1/network_service.proto',
    'fairlead/agent/v1/identity_service.proto',
    'fairlead/link/v1/link.proto',
    'fairlead/link/v1/enrolment.proto',
  ],
  { includeDirs: [folder], keepCase: false, longs: Number, enums: String, defaults: true, oneofs: true },
);

const serviceOf = (name: string): Readonly<Record<string, AnyMethod>> => packageDefinition[name] as ServiceDefinition;

export const networkService = serviceOf(NETWORK_SERVICE);
export const identityService = serviceOf(IDENTITY_SERVICE);
export const agentLink = serviceOf(AGENT_LINK);
export const enrolment = serviceOf(ENROLMENT);

/** Everything that an agent serves: by its own server, and through its session by the methods' names alone. */
export const agentMethods: Readonly<Record<string, AnyMethod>> = { ...networkService, ...identityService };

const asIs = (bytes: Buffer): Buffer => bytes;

export type RawMethod = RawMethodDefinition<Buffer, Buffer>;

/**
 * The same methods with messages left as bytes. The carriers read and write the bytes themselves, so that a message
 * that cannot be read or is too large becomes an answer of ours and not the end of a stream.
 */
export function rawService(service: Readonly<Record<string, AnyMethod>>): Readonly<Record<string, RawMethod>> {
  const raw = ({ path, requestStream, responseStream }: AnyMethod): RawMethod => ({
    path,
    requestStream,
    responseStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  });
  return Object.fromEntries(Object.entries(service).map(([name, method]) => [name, raw(method)]));
}
