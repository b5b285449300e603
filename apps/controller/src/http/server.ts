import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { parse } from 'node:querystring';
import { API_PREFIX } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type INestApplication, NotFoundException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { type Logger } from 'pino';
import { type Access } from '../access/access.js';
import { Cookies } from '../access/cookies.js';
import { identificationOf, identify } from '../access/principal.js';
import { AppModule } from '../app.module.js';
import { type Clock } from '../clock.js';
import { toLog, toNestLogger } from '../log.js';
import { type Runtime } from '../runtime.js';
import { assertNotInTheOpen, type Exposure, inUrl, isSecure, LOOPBACK } from './exposure.js';
import { assertPolicies } from './policies.js';
import { ProblemFilter } from './problem.filter.js';
import { securityHeaders } from './security-headers.js';

/** Served beside the API, not below its prefix. */
export const BEYOND = ['/healthz', '/readyz', '/auth/login', '/auth/callback'];

/**
 * REST of a runtime, not yet listening.
 * @throws FairleadError `internal` where a route has no policy
 */
export async function createServer(
  runtime: Runtime,
  now: Clock,
  logger: Logger,
  exposure: Exposure = LOOPBACK,
): Promise<INestApplication> {
  assertNotInTheOpen(exposure);
  const server = express();
  // One address for each resource: what is only nearly one is none.
  server.enable('case sensitive routing');
  server.enable('strict routing');
  // Nothing is kept (no-store), so there is nothing to compare with.
  server.disable('etag');
  server.disable('x-powered-by');
  server.set('query parser', readQuery);
  const app = await NestFactory.create(
    AppModule.of(runtime, exposure, now, toLog(logger)),
    new ExpressAdapter(server),
    {
      logger: toNestLogger(logger),
      bodyParser: false,
      abortOnError: false,
      forceCloseConnections: true,
      ...(exposure.tls && { httpsOptions: { ...exposure.tls, ...TLS } }),
    },
  );
  const cookies = new Cookies(isSecure(exposure));
  app.use(securityHeaders(isSecure(exposure)), identifier(runtime.access, cookies), refuseOtherBodies, readBody());
  app.setGlobalPrefix(API_PREFIX, { exclude: BEYOND });
  await app.init();
  assertPolicies(app, API_PREFIX, BEYOND);
  answerTheRest(server, new ProblemFilter(toLog(logger)));
  return app;
}

/** Nest answers under the prefix only; beyond it Express would answer with a page of HTML. */
function answerTheRest(server: express.Express, problems: ProblemFilter): void {
  server.use(() => {
    throw new NotFoundException();
  });
  // Express knows a handler of errors by its four parameters.
  server.use((thrown: unknown, request: Request, response: Response, _next: NextFunction) =>
    problems.answer(thrown, request, response),
  );
}

/** Repeated keys become lists. Without a limit of keys, which would silently leave hosts out of a question. */
const readQuery = (text: string | undefined): object => parse(text ?? '', '&', '=', { maxKeys: 0 });

/** Notes whose request it is, before its body is read. It decides nothing: that is the guard's, on every handler. */
function identifier({ authenticator }: Access, cookies: Cookies) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    const { authorization, cookie } = request.headers;
    identify(request, await authenticator.identify(authorization, cookies.read(cookie, cookies.session)));
    next();
  };
}

/** Strangers have little to say. */
function readBody() {
  const [whole, little] = ['1mb', '16kb'].map((limit) => express.json({ limit, strict: true }));
  return (request: Request, response: Response, next: NextFunction): void => {
    const read = identificationOf(request).kind === 'principal' ? whole : little;
    read!(request, response, next);
  };
}

/** A body that is not read would be taken for none. */
function refuseOtherBodies(request: Request, _response: Response, next: NextFunction): void {
  const empty = request.headers['content-length'] === '0';
  if (empty || request.is('json') !== false) return next();
  throw new FairleadError('invalid_argument', 'The body is not JSON by its Content-Type', {
    hint: 'Send JSON with Content-Type: application/json.',
  });
}

/**
 * Times for a whole request and for its headers to come in, in milliseconds: who sends slowly must not hold a socket
 * for minutes. Node itself refuses more than 16 KiB of headers.
 */
const RECEIVE_WITHIN_MS = 30_000;
const HEADERS_WITHIN_MS = 10_000;
const MOST_HEADERS = 100;
const MOST_CONNECTIONS = 4096;
const TLS = { minVersion: 'TLSv1.2', handshakeTimeout: 5000 } as const;

/**
 * @returns the port as bound
 * @throws FairleadError `already_exists` where another process listens there, `invalid_argument` for an address that
 *   is not one of this machine
 */
export async function listen(app: INestApplication, port: number, host: string = LOOPBACK.host): Promise<number> {
  const server = app.getHttpServer() as Server;
  server.requestTimeout = RECEIVE_WITHIN_MS;
  server.headersTimeout = HEADERS_WITHIN_MS;
  server.maxHeadersCount = MOST_HEADERS;
  server.maxConnections = MOST_CONNECTIONS;
  try {
    await app.listen(port, host);
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, `${inUrl(host)}:${port}`);
  }
  return (server.address() as AddressInfo).port;
}

function cannotListen(error: NodeJS.ErrnoException, address: string): unknown {
  if (error.code === 'EADDRINUSE') {
    return new FairleadError('already_exists', `Another process listens on ${address}`, {
      hint: 'Stop it, or choose another port with --port.',
    });
  }
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'ENOTFOUND' && error.code !== 'EAI_AGAIN') return error;
  return new FairleadError('invalid_argument', `${address} is not an address of this machine`, {
    hint: 'Give --host an address that this machine has.',
  });
}
