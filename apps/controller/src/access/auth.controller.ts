import { loginQuery } from '@fairlead/api';
import { FairleadError, toFairleadError } from '@fairlead/domain';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Clock } from '../clock.js';
import { type Exposure } from '../http/exposure.js';
import { ACCESS, CLOCK, EXPOSURE } from '../http/tokens.js';
import { validQuery } from '../http/validated.js';
import { type Access } from './access.js';
import { networkOf } from './attempts.js';
import { Cookies } from './cookies.js';
import { FLOW_MS } from './oidc/sealed.js';
import { type SignIn } from './oidc/sign-in.js';
import { sendGoOn, sendNotSignedIn } from './pages.js';
import { clientOf, peerOf } from './principal.js';
import { refusalOf } from './refusal.js';
import { ServesAnyone } from './serves.js';

const query = validQuery(loginQuery);

/** Where browsers sign in: pages, not data. */
@Controller()
export class AuthController {
  constructor(
    @Inject(ACCESS) private readonly access: Access,
    @Inject(EXPOSURE) private readonly exposure: Exposure,
    private readonly cookies: Cookies,
    @Inject(CLOCK) private readonly now: Clock,
  ) {}

  @ServesAnyone('session.begin', 'auth/login')
  async login(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.orPage(request, response, async (signIn) => {
      this.access.logins.take(networkOf(peerOf(request)));
      const { returnTo } = query.transform(request.query);
      const { location, flow } = await signIn.begin(`${this.origin(request)}/auth/callback`, returnTo);
      this.cookies.setFlow(response, flow, FLOW_MS);
      response.redirect(302, location.href);
    });
  }

  @ServesAnyone('session.begin', 'auth/callback')
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.orPage(request, response, async (signIn) => {
      const sealed = this.cookies.readFlow(request.headers.cookie);
      this.cookies.clearFlow(response);
      const actor = { name: 'anonymous', client: clientOf(request), peer: peerOf(request) };
      const search = request.originalUrl.replace(/^[^?]*/, '');
      const { text, expiresAt, returnTo } = await signIn.finish(search, sealed, actor);
      this.cookies.setSession(response, text, expiresAt - this.now());
      sendGoOn(response, returnTo);
    });
  }

  private async orPage(request: Request, response: Response, work: (signIn: SignIn) => Promise<void>): Promise<void> {
    // A signed-in session is not looked at: to sign in again is how one becomes somebody else.
    if (request.method === 'HEAD') return void response.status(405).end();
    try {
      if (this.access.signIn === null) throw withoutProvider();
      await work(this.access.signIn);
    } catch (thrown) {
      const error = toFairleadError(thrown);
      if (error.code === 'forbidden' || error.code === 'unauthenticated') {
        this.access.refused(refusalOf(request, 'session.begin', error, this.now()));
      }
      sendNotSignedIn(response, error);
    }
  }

  /** As the browser calls this controller; the guard of addresses has seen to it that the name is one of ours. */
  private origin({ headers }: Request): string {
    const { publicUrl, tls } = this.exposure;
    return publicUrl?.origin ?? `${tls === null ? 'http' : 'https'}://${headers.host}`;
  }
}

const withoutProvider = (): FairleadError =>
  new FairleadError('unsupported', 'This controller has no identity provider to sign in with', {
    hint: 'Use an API token.',
  });
