import { FairleadError } from '@fairlead/domain';
import type { z } from 'zod';
import type { DeepReadonly, View } from './common.js';
import type { OperationId, Route, ROUTES } from './routes.js';

type RouteOf<Id extends OperationId> = (typeof ROUTES)[Id];
type Simplify<T> = { [K in keyof T]: T[K] };

/** What callers write of a body or path: fields with a default may be left out. */
type Written<S extends z.ZodType> = DeepReadonly<z.input<S>>;

/** Queries are written with real booleans, numbers and lists; everything may be left out. */
type WrittenQuery<S extends z.ZodType> = { readonly [K in keyof View<S>]?: View<S>[K] | undefined };

type PartsOf<R> = (R extends { readonly params: infer S extends z.ZodType }
  ? { readonly params: Written<S> }
  : unknown) &
  (R extends { readonly query: infer S extends z.ZodType }
    ? { readonly query?: WrittenQuery<S> | undefined }
    : unknown) &
  (R extends { readonly body: infer S extends z.ZodType } ? { readonly body: Written<S> } : unknown) &
  (R extends { readonly headers: { readonly shape: { readonly 'idempotency-key': unknown } } }
    ? CommandOptions
    : unknown) & { readonly signal?: AbortSignal | undefined };

export interface CommandOptions {
  /** Makes it safe to send the same command again: it is carried out once. */
  readonly idempotencyKey?: string | undefined;
  /** Come back as soon as the operation is accepted. */
  readonly respondAsync?: boolean | undefined;
}

/** What is passed to the client's method of that name. */
export type RequestOf<Id extends OperationId> = Simplify<PartsOf<RouteOf<Id>>>;

type BodyOf<A> = A extends { readonly schema: infer S extends z.ZodType } ? View<S> : never;

/** What the client's method of that name gives; void where the answer has no body. */
export type AnswerOf<Id extends OperationId> = [
  BodyOf<RouteOf<Id>['responses'][keyof RouteOf<Id>['responses']]>,
] extends [never]
  ? void
  : BodyOf<RouteOf<Id>['responses'][keyof RouteOf<Id>['responses']]>;

/** A request of any route, as the functions below see it. */
export interface LooseRequest extends CommandOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** The address of a route below the prefix: parameters escaped, lists as repeated keys, absent values left out. */
export function addressOf(route: Route, { params = {}, query = {} }: LooseRequest): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => escapeSegment(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) search.append(key, String(item));
    }
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

/**
 * A text as one segment of a path. Engines accept networks called `.` and `..` (Docker 20.10 to 28.5), which URL
 * parsers take for steps even when escaped.
 */
function escapeSegment(text: string): string {
  if (text === '' || text === '.' || text === '..') {
    throw new FairleadError('invalid_argument', `'${text}' cannot be asked for by this name`, {
      hint: 'Name it by its id.',
    });
  }
  return encodeURIComponent(text);
}
