import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** What the provider says of its accounts, by their subject. */
export type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const CLIENT = { id: 'fairlead', secret: 'a-secret-of-the-client-0123456789' };

/** A real OpenID provider on loopback, where whoever comes signs in as `account` without being asked anything. */
export class TestProvider {
  account = 'ada';
  /** Whether claims are in its ID tokens, or only where they are asked for (`userinfo`). */
  tells: 'at once' | 'when asked' = 'at once';
  private handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => void response.end();

  private own: TestProvider['handle'] | undefined;

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
  ) {}

  /** Takes an address; serves once `serve` was called. */
  static async start(): Promise<TestProvider> {
    let provider: TestProvider | undefined;
    const server = createServer((request, response) => provider?.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return (provider = new TestProvider(server, `http://127.0.0.1:${port}`));
  }

  /** Answers as a provider, from the first time on with what it was given then. */
  serve(redirectUri: string, accounts: Accounts): void {
    this.own ??= this.build(redirectUri, accounts);
    this.handle = this.own;
  }

  private build(redirectUri: string, accounts: Accounts): TestProvider['handle'] {
    const provider: Provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [redirectUri],
          response_types: ['code'],
          grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
        },
      ],
      claims: { openid: ['sub', 'roles'], profile: ['preferred_username'], email: ['email'] },
      conformIdTokenClaims: this.tells === 'when asked',
      features: { deviceFlow: { enabled: true }, devInteractions: { enabled: false } },
      cookies: { keys: ['of-a-test'] },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
      loadExistingGrant: async (context) => {
        const { client, session } = context.oidc;
        const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
    });
    const callback = provider.callback();
    return (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return void callback(request, response);
      void provider.interactionFinished(request, response, { login: { accountId: this.account } });
    };
  }

  /** Answers everything with this instead. */
  answer(status: number, body: string, type = 'application/json'): void {
    this.handle = (_, response) => response.writeHead(status, { 'content-type': type }).end(body);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Keeps cookies by origin and path, follows nothing by itself, and notes where it has been. */
export class Browser {
  readonly visited: string[] = [];
  /** As they were set, the newest last. */
  readonly setCookies: string[] = [];
  private readonly jar = new Map<string, { origin: string; path: string; name: string; value: string }>();

  cookie(name: string): string | undefined {
    return [...this.jar.values()].find((each) => each.name === name)?.value;
  }

  put(origin: string, name: string, value: string, path = '/'): void {
    this.jar.set(`${origin} ${path} ${name}`, { origin, path, name, value });
  }

  async visit(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin, pathname } = new URL(url);
    this.visited.push(url);
    const cookie = [...this.jar.values()]
      .filter((each) => each.origin === origin && pathname.startsWith(each.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const text of response.headers.getSetCookie()) this.take(origin, text);
    return response;
  }

  /** Goes where redirects lead, up to an address for which `stop` holds; that one is not visited. */
  async follow(
    url: string,
    stop: (url: string) => boolean = () => false,
  ): Promise<{ url: string; response: Response }> {
    for (let hops = 0; hops < 15; hops++) {
      const response = await this.visit(url);
      const location = response.headers.get('location');
      if (location === null) return { url, response };
      url = new URL(location, url).href;
      if (stop(url)) return { url, response };
    }
    throw new Error(`too many redirects, the last to ${url}`);
  }

  private take(origin: string, text: string): void {
    this.setCookies.push(text);
    const [pair = '', ...attributes] = text.split(/; */);
    const [name = '', ...rest] = pair.split('=');
    const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
    const gone = attributes.some((each) => /^max-age=0$/i.test(each) || /^expires=Thu, 01 Jan 1970/i.test(each));
    if (gone) this.jar.delete(`${origin} ${path} ${name}`);
    else this.put(origin, name, decodeURIComponent(rest.join('=')), path);
  }
}
