import { FairleadError, type JoinToken } from '@fairlead/domain';
import { connectTo, parseLinkAddress } from '@fairlead/link';
import type { Timing } from '../concurrency/timing.js';
import { Visitors } from '../link/visitors.js';
import type { Log } from '../log.js';
import { type EnrolmentParts, join, type Way } from './enrolment.js';
import { identityPath } from './identity-file.js';
import { IdentityStore } from './identity-store.js';

export interface EnterOptions {
  readonly name: string | undefined;
  /** The machine's own name, for a host that joins without being given one. */
  readonly machine: string;
  readonly controller: string | undefined;
  readonly listen: string | undefined;
  readonly token: JoinToken | undefined;
  readonly dataDir: string;
  readonly log: Log;
  readonly timing: Timing;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** As whom the agent serves. */
export interface Entered {
  readonly name: string;
  /** Undefined for an agent that is linked over Unix sockets alone. */
  readonly identity: IdentityStore | undefined;
  /** Where to listen: a port that the system chose stays the same. */
  readonly listen: string | undefined;
}

export const isTcp = (address: string | undefined): boolean =>
  address !== undefined && parseLinkAddress(address).kind === 'tcp';

/** How the agent dials its controller. */
export const dialling = (address: string): Way => ({
  address,
  openSocket: () => connectTo(address),
  anybodyCanCome: false,
});

/** How the agent waits for its controller. */
export const waiting = (visitors: Visitors): Way => ({
  address: visitors.address,
  openSocket: visitors.next,
  anybodyCanCome: true,
});

/**
 * Finds out as whom the agent serves: over TCP by its identity, which it gets by its token where there is none.
 * @throws FairleadError `unauthenticated` where there is neither, `invalid_argument` for a name that is not the
 * identity's, and what `join` throws
 */
export async function enter(options: EnterOptions): Promise<Entered> {
  const { name, controller, listen, token, dataDir, log } = options;
  if (!isTcp(controller) && !isTcp(listen)) {
    if (token !== undefined) log.info('The join token is not needed over a Unix socket, and is ignored');
    return { name: name ?? options.machine, identity: undefined, listen };
  }
  const store = await IdentityStore.open({ folder: dataDir });
  if (store.identity === undefined) return joinAnew(options, store);
  if (token !== undefined) {
    const file = identityPath(dataDir);
    log.info('The host has joined already; the token is ignored. To join anew, remove the file first', { file });
  }
  return { name: checkedName(store, name), identity: store, listen };
}

async function joinAnew(options: EnterOptions, store: IdentityStore): Promise<Entered> {
  const { token, dataDir, controller, listen } = options;
  if (token === undefined) throw notJoined(dataDir, controller === undefined || !isTcp(controller));
  if (controller !== undefined && isTcp(controller)) {
    await joinBy(options, store, dialling(controller), token);
    return { name: checkedName(store, undefined), identity: store, listen };
  }
  const visitors = await Visitors.listen(listen ?? '');
  options.log.info('Waiting to be dialled by the controller', { address: visitors.address });
  try {
    await joinBy(options, store, waiting(visitors), token);
    return { name: checkedName(store, undefined), identity: store, listen: visitors.address };
  } finally {
    await visitors.close();
  }
}

function joinBy(options: EnterOptions, store: IdentityStore, way: Way, token: JoinToken): Promise<void> {
  const { log, timing, now, signal, dataDir, name, machine } = options;
  const parts: EnrolmentParts = { store, folder: dataDir, way, log, timing, now, signal };
  return join(parts, token, name ?? machine);
}

/** The identity's own. @throws FairleadError `invalid_argument` where another one was given */
function checkedName({ identity }: IdentityStore, given: string | undefined): string {
  const { hostName } = identity as NonNullable<IdentityStore['identity']>;
  if (given === undefined || given === hostName) return hostName;
  throw new FairleadError('invalid_argument', `This agent has joined as '${hostName}', and not as '${given}'`, {
    hint: 'Leave --name out. To run a second agent here, give it a --data-dir of its own.',
  });
}

function notJoined(folder: string, isDialled: boolean): FairleadError {
  const command = isDialled ? 'fairlead host add NAME --address ADDRESS:PORT' : 'fairlead host join-token create';
  return new FairleadError(
    'unauthenticated',
    `This host has not joined: there is no identity in ${folder}, and no token`,
    {
      hint:
        `Run '${command}' on the controller, and start the agent with the command that it prints. ` +
        'If the host has joined before, give the same --name or --data-dir as then.',
    },
  );
}
