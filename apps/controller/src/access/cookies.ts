import { parse, serialize } from 'cookie';
import { type Response } from 'express';

/** What a browser carries between beginning and end of a sign-in. */
const FLOW = 'fairlead_login';
const FLOW_PATH = '/auth';

/**
 * The cookies of this controller. Under TLS the session's has the `__Host-` prefix, and only that one is read: no other
 * machine of the domain can then put a session of its own in its place.
 */
export class Cookies {
  readonly session: string;

  /** @param secure whether browsers see TLS */
  constructor(private readonly secure: boolean) {
    this.session = secure ? '__Host-fairlead_session' : 'fairlead_session';
  }

  /** @param header `Cookie` as it came */
  read(header: string | undefined, name: string): string | undefined {
    return header === undefined ? undefined : parse(header)[name] || undefined;
  }

  readFlow(header: string | undefined): string | undefined {
    return this.read(header, FLOW);
  }

  /** Never sent with what another site begins, and not readable for scripts. */
  setSession(response: Response, text: string, maxAgeMs: number): void {
    this.add(response, this.session, text, { path: '/', sameSite: 'strict', maxAge: Math.floor(maxAgeMs / 1000) });
  }

  clearSession(response: Response): void {
    this.add(response, this.session, '', { path: '/', sameSite: 'strict', maxAge: 0 });
  }

  /** Lax: the answer of the provider comes from another site. */
  setFlow(response: Response, sealed: string, maxAgeMs: number): void {
    this.add(response, FLOW, sealed, { path: FLOW_PATH, sameSite: 'lax', maxAge: Math.floor(maxAgeMs / 1000) });
  }

  clearFlow(response: Response): void {
    this.add(response, FLOW, '', { path: FLOW_PATH, sameSite: 'lax', maxAge: 0 });
  }

  private add(
    response: Response,
    name: string,
    value: string,
    options: { path: string; sameSite: 'strict' | 'lax'; maxAge: number },
  ): void {
    response.append('set-cookie', serialize(name, value, { ...options, httpOnly: true, secure: this.secure }));
  }
}
