import { FairleadError } from '@fairlead/domain';
import { type INestApplication, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { type Policy, POLICY } from '../access/serves.js';

/** One way into the program, as the router has it. */
export interface ServedRoute {
  /** Lower case; `all` where any method is taken. */
  readonly method: string;
  readonly path: string;
}

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/**
 * Every path that the router has a handler of, Nest's or other.
 * @param beyond paths outside the prefix: Nest lays one layer for all methods over each, which passes everything on
 */
export function servedRoutes(app: INestApplication, beyond: readonly string[]): ServedRoute[] {
  const { stack } = (app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } }).router;
  const passing = new Set(beyond);
  return stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const methods = Object.keys(route.methods);
    if (methods.length === 1) return { method: methods[0]!, path: route.path };
    return passing.delete(route.path) ? [] : { method: 'all', path: route.path };
  });
}

/** What each handler of the program has declared; undefined where it has declared nothing. */
export function declaredPolicies(app: INestApplication): (ServedRoute & { readonly policy: Policy | undefined })[] {
  return [...app.get(ModulesContainer).values()].flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) => {
      const { prototype } = metatype as { prototype: object };
      const folder = String(Reflect.getMetadata(PATH_METADATA, metatype as object));
      return handlersOf(prototype).map((handler) => ({
        method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!.toLowerCase(),
        path: `${folder}/${String(Reflect.getMetadata(PATH_METADATA, handler))}`.replace(/\/+/g, '/'),
        policy: Reflect.getMetadata(POLICY, handler) as Policy | undefined,
      }));
    }),
  );
}

/** Also those that a controller has inherited. */
function handlersOf(prototype: object | null): object[] {
  if (prototype === null || prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype)
    .map((name) => Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown)
    .filter((value): value is object => typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value));
  return [...own, ...handlersOf(Object.getPrototypeOf(prototype) as object | null)];
}

/** A policy that bounds by the host in the path needs one there, and a host in the path needs a policy that does. */
const isBound = ({ path, policy }: { path: string; policy: Policy | undefined }): boolean =>
  policy !== undefined && (policy.access.hosts === 'named') === path.split('/').includes(':host');

/**
 * Refuses a program with a way in that nobody has thought about.
 * @param prefix below which handlers are served
 * @param beyond paths that are served without it, with their `/`
 * @throws FairleadError `internal`, naming the routes
 */
export function assertPolicies(app: INestApplication, prefix: string, beyond: readonly string[]): void {
  const declared = declaredPolicies(app);
  const known = new Set(
    declared.filter(isBound).map(({ method, path }) => `${method} ${beyond.includes(path) ? '' : prefix}${path}`),
  );
  const open = servedRoutes(app, beyond)
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !known.has(route));
  if (open.length === 0) return;
  throw new FairleadError('internal', `The controller does not start: nobody has said who may call ${open.join(', ')}`);
}
