import { FairleadError } from '@fairlead/domain';
import { codec } from './codec.js';
import type { CallContext, Method, NetworkServiceHandlers } from './contract.js';

type Handler = (request: object, context: CallContext) => Promise<object> | AsyncIterable<object>;

/**
 * Runs one call of NetworkService or IdentityService from bytes to bytes: the one way to the handlers, whatever carried the call. A unary
 * method gives one message, a streaming one any number.
 *
 * A call whose caller is gone or whose time is up is never begun; one that has begun runs to its end, and whether it
 * stops early at `context.signal` is the handler's choice.
 * @throws FairleadError what the handler throws; `unsupported`, `invalid_argument`, `deadline_exceeded`, `too_large`
 */
export async function* dispatch(
  handlers: NetworkServiceHandlers,
  method: string,
  request: Buffer,
  context: CallContext,
  maxMessageBytes = Infinity,
): AsyncGenerator<Buffer, void, void> {
  if (!codec.isMethod(method)) throw unknownMethod(method);
  const decoded = codec.decodeRequest(method, request);
  refuseLate(method, context);
  const answer = (handlers[method] as Handler)(decoded, context);
  if (!codec.isStream(method)) yield encode(method, await (answer as Promise<object>), maxMessageBytes);
  else for await (const item of answer as AsyncIterable<object>) yield encode(method, item, maxMessageBytes);
}

const unknownMethod = (method: string): FairleadError =>
  new FairleadError('unsupported', `This agent has no method '${method}'`, {
    hint: 'The controller is newer than the agent. Update the agent.',
  });

function refuseLate(method: string, context: CallContext): void {
  if (!context.signal.aborted && context.remainingMs() > 0) return;
  throw new FairleadError('deadline_exceeded', `${method} was given up before it was begun; nothing was done`, {
    hint: 'Try again, with more time.',
  });
}

function encode(method: Method, message: object, maxMessageBytes: number): Buffer {
  const bytes = codec.encodeResponse(method, message);
  if (bytes.length > maxMessageBytes) throw answerTooLarge(method, bytes.length, maxMessageBytes);
  return bytes;
}

const answerTooLarge = (method: Method, size: number, limit: number): FairleadError =>
  new FairleadError('too_large', `The answer of ${method} has ${size} bytes; the link carries ${limit}`, {
    hint: 'Ask for less at once, or raise the limit of the link.',
  });
