import { FairleadError, type Role } from '@fairlead/domain';
import { type Request } from 'express';
import { type HostScope } from './host-scope.js';

/** Who sends a request, by its credentials alone. */
export interface Principal {
  /** Id of the token or session row. */
  readonly id: string;
  readonly kind: 'token' | 'session';
  /** How it came: a browser sends its cookie by itself, a program means what it sends. */
  readonly by: 'header' | 'cookie';
  /** The actor of its operations and audit rows; no two principals that differ have the same. */
  readonly name: string;
  readonly role: Role;
  /** Selector of hosts as text; empty: all. */
  readonly hosts: string;
  readonly scope: HostScope;
  /** Milliseconds since the epoch; null: it does not expire. */
  readonly expiresAt: number | null;
}

/** What a request carried: nothing, something that is not accepted, or the credentials of a principal. */
export type Identification =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly error: FairleadError }
  | { readonly kind: 'principal'; readonly principal: Principal };

const identifications = new WeakMap<Request, Identification>();

/** Notes whose request it is, once. */
export function identify(request: Request, identification: Identification): void {
  identifications.set(request, identification);
}

export const identificationOf = (request: Request): Identification => identifications.get(request) ?? { kind: 'none' };

/** @throws FairleadError `unauthenticated` for a request of nobody */
export function principalOf(request: Request): Principal {
  const identification = identificationOf(request);
  if (identification.kind === 'principal') return identification.principal;
  throw identification.kind === 'refused' ? identification.error : missing();
}

/** The hosts that the caller of a request may know of. */
export const scopeOf = (request: Request): HostScope => principalOf(request).scope;

/** The address at the other end of the connection. Headers of proxies are not believed. */
export const peerOf = (request: Request): string =>
  (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '');

export const clientOf = (request: Request): string => (request.headers['user-agent'] ?? 'unknown').slice(0, 200);

const missing = (): FairleadError =>
  new FairleadError('unauthenticated', 'The request carries no credentials', {
    hint: "Send 'Authorization: Bearer TOKEN'. On the controller's machine the admin's token is in admin.token in the data folder; elsewhere see 'fairlead login --help'.",
  });
