import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Client, credentials, type GrpcObject, loadPackageDefinition, type Metadata } from '@grpc/grpc-js';
import type { ClientDuplexStream, ClientReadableStream, ServiceClientConstructor, ServiceError } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync, type Options } from '@grpc/proto-loader';

const OPTIONS: Options = { keepCase: false, longs: Number, enums: String, defaults: true, oneofs: true };
const folder = join(createRequire(import.meta.url).resolve('@grpc/reflection'), '../../proto');
const REFLECTION = 'grpc/reflection/v1/reflection.proto';

type Message = Record<string, unknown>;

/** A service of a server that is known by reflection alone, with none of the project's own code or files. */
export class PlainService {
  private constructor(private readonly client: Client) {}

  /** Asks the server what it serves, and for the description of one service. */
  static async discover(target: string, service: string): Promise<{ services: string[]; client: PlainService }> {
    const reflection = loadPackageDefinition(loadSync(REFLECTION, { ...OPTIONS, includeDirs: [folder] }));
    const client = construct(reflection, 'grpc.reflection.v1.ServerReflection', target);
    try {
      const [listed] = await reflect(client, [{ listServices: '' }]);
      const [described] = await reflect(client, [{ fileContainingSymbol: service }]);
      const listing = listed?.['listServicesResponse'] as { service: { name: string }[] };
      const files = described?.['fileDescriptorResponse'] as { fileDescriptorProto: Buffer[] };
      const definition = loadFileDescriptorSetFromBuffer(toFileSet(files.fileDescriptorProto), OPTIONS);
      const found = construct(loadPackageDefinition(definition), service, target);
      return { services: listing.service.map(({ name }) => name), client: new PlainService(found) };
    } finally {
      client.close();
    }
  }

  /** @throws ServiceError */
  call<T>(method: string, request: Message = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      this.method(method)(request, { deadline: Date.now() + 20_000 }, (error: ServiceError | null, answer: T) =>
        error === null ? resolve(answer) : reject(error),
      );
    });
  }

  /** The error of a call that has to fail. */
  async failure(method: string, request: Message): Promise<ServiceError> {
    const error: unknown = await this.call(method, request).catch((reason: unknown) => reason);
    if (error instanceof Error && 'metadata' in error) return error as ServiceError;
    throw new Error(`${method} did not fail`);
  }

  /** A call that is answered by a stream. Leaving the loop cancels it. */
  async *stream<T>(method: string, request: Message = {}): AsyncGenerator<T, void, void> {
    const call = this.method(method)(request) as ClientReadableStream<T>;
    try {
      yield* call as AsyncIterable<T>;
    } finally {
      // grpc-js does not: a stream that is only destroyed stays open at the server, which takes 64 of one connection.
      call.on('error', () => undefined);
      call.cancel();
    }
  }

  close(): void {
    this.client.close();
  }

  private method(name: string): (...args: unknown[]) => unknown {
    const method = (this.client as unknown as Record<string, unknown>)[name];
    if (typeof method !== 'function') throw new Error(`the server describes no method ${name}`);
    return method.bind(this.client) as (...args: unknown[]) => unknown;
  }
}

/** A trailer as text. */
export const trailer = (metadata: Metadata, key: string): string => String(metadata.get(key)[0] ?? '');

function construct(root: GrpcObject, path: string, target: string): Client {
  const found = path.split('.').reduce<unknown>((part, name) => (part as Message)[name], root);
  return new (found as ServiceClientConstructor)(target, credentials.createInsecure());
}

async function reflect(client: Client, requests: readonly Message[]): Promise<Message[]> {
  const open = (client as unknown as Record<string, () => ClientDuplexStream<Message, Message>>)[
    'ServerReflectionInfo'
  ];
  const stream = open?.call(client);
  if (stream === undefined) throw new Error('the client has no reflection');
  for (const request of requests) stream.write(request);
  stream.end();
  const answers: Message[] = [];
  for await (const answer of stream as AsyncIterable<Message>) answers.push(answer);
  return answers;
}

/** `FileDescriptorSet`: field 1, repeated. */
const toFileSet = (files: readonly Buffer[]): Buffer =>
  Buffer.concat(files.flatMap((file) => [Buffer.from([0x0a]), varint(file.length), file]));

const varint = (value: number): Buffer =>
  value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 127) | 128]), varint(value >>> 7)]);
