import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';

/**
 * Asks an engine what a client has asked, and gives the client its answer as it comes.
 * @param engine path of its socket
 * @returns the request to the engine, whose body is left to the caller
 */
export function passOn(engine: string, from: IncomingMessage, to: ServerResponse): ClientRequest {
  const { method, url: path, rawHeaders: headers } = from;
  const onward = request({ socketPath: engine, method, path, headers, agent: false }, (answer) => {
    to.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
    to.flushHeaders();
    answer.pipe(to);
    answer.on('error', () => to.destroy());
  });
  onward.on('error', () => to.destroy());
  to.on('close', () => onward.destroy());
  return onward;
}
