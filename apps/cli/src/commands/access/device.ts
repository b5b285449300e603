import type { DeviceLoginView, LoginMethodsView } from '@fairlead/api';
import { FairleadError, formatDuration } from '@fairlead/domain';
import type { Cli } from '../../cli.js';
import { toToken } from '../../credentials/token-text.js';
import { lines } from '../../output/rows.js';

/** Shortest time between two questions, in milliseconds, whatever the controller says. */
const SHORTEST_WAIT_MS = 1000;

/**
 * Signs in by the controller's identity provider: shows a code and an address, and asks until the user has entered the
 * one at the other. Gives the token of the session.
 * @throws FairleadError `unsupported` where the controller knows no provider, `forbidden` where the time is over
 */
export async function signInByDevice(cli: Cli, apiUrl: string, oidc: LoginMethodsView['oidc']): Promise<string> {
  if (oidc === null) {
    throw new FairleadError('unsupported', 'This controller knows no identity provider', {
      hint: "Sign in with a token: leave --device out. Providers are set with 'fairlead controller --oidc-issuer URL'.",
    });
  }
  const begun = await cli.clientWith(apiUrl, undefined).beginDeviceLogin();
  cli.terminal.warn(lines(instructions(begun, cli.around.now())));
  return awaitUser(cli, apiUrl, begun);
}

const instructions = (begun: DeviceLoginView, now: number): string[] => [
  `Open ${begun.verificationUri} on any device, and enter the code ${begun.userCode}`,
  ...(begun.verificationUriComplete === null ? [] : [`or open ${begun.verificationUriComplete}`]),
  `Waiting for you, at most ${formatDuration(Math.max(0, Date.parse(begun.expiresAt) - now))} …`,
];

async function awaitUser(cli: Cli, apiUrl: string, begun: DeviceLoginView): Promise<string> {
  const { now, sleep, interrupted } = cli.around;
  const client = cli.clientWith(apiUrl, undefined);
  const signal = interrupted();
  while (now() < Date.parse(begun.expiresAt)) {
    await sleep(Math.max(SHORTEST_WAIT_MS, begun.intervalMs), signal);
    if (signal.aborted) throw new FairleadError('forbidden', 'Stopped; nobody is signed in');
    const { token } = await client.pollDeviceLogin({ body: { handle: begun.handle } });
    if (token !== null) return toToken(token, 'The answer of the controller');
  }
  throw new FairleadError('forbidden', 'The code was not entered in time', { hint: 'Try again.' });
}
