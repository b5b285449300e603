import { FairleadError } from '@fairlead/domain';
import {
  createSigningRequest,
  type InstallCertificateResponse,
  type KeepCheckpointResponse,
  type ListCheckpointsResponse,
  type SigningRequest,
  type UpdateTrustResponse,
} from '@fairlead/link';
import { toMessage } from '../identity/checkpoints.js';
import type { IdentityStore } from '../identity/identity-store.js';
import type { Handler, HandlerDeps } from './deps.js';

/** The key is on the disk before its public half leaves. */
export const requestCertificate: Handler<'RequestCertificate', Promise<SigningRequest>> =
  (deps) =>
  async ({ nonce }) =>
    createSigningRequest(await ownIdentity(deps).pendingKey(), nonce, 'renew');

export const installCertificate: Handler<'InstallCertificate', Promise<InstallCertificateResponse>> =
  (deps) =>
  async ({ certificateChain, roots }) => {
    const serial = await ownIdentity(deps).install(certificateChain, roots);
    deps.log.info('A new certificate is installed', { serial });
    return { serial };
  };

export const updateTrust: Handler<'UpdateTrust', Promise<UpdateTrustResponse>> =
  (deps) =>
  async ({ roots }) => {
    const rootDigests = await ownIdentity(deps).trust(roots);
    deps.log.info('The trusted roots are set', { rootDigests });
    return { rootDigests };
  };

export const keepCheckpoint: Handler<'KeepCheckpoint', Promise<KeepCheckpointResponse>> =
  ({ checkpoints }) =>
  async (checkpoint) => {
    await checkpoints.keep(checkpoint);
    return {};
  };

export const listCheckpoints: Handler<'ListCheckpoints', Promise<ListCheckpointsResponse>> =
  ({ checkpoints }) =>
  async () => ({ checkpoints: (await checkpoints.list()).map(toMessage) });

function ownIdentity({ identity }: HandlerDeps): IdentityStore {
  if (identity?.identity !== undefined) return identity;
  throw new FairleadError('unsupported', 'This agent is linked over a Unix socket and has no certificate');
}
