import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { FairleadError } from '@fairlead/domain';
import { type Exposure } from '../http/exposure.js';
import { type AccessConfig, type OidcConfig } from './access-config.js';
import { type OidcSettings } from './oidc/identity-provider.js';

/** Reads certificate and key. @throws FairleadError `invalid_argument`, naming the file and what is wrong with it */
export function readExposure({ host, tls, publicUrl }: AccessConfig): Exposure {
  if (tls === null) return { host, tls, publicUrl };
  const cert = read('--tls-cert', tls.certFile);
  const key = readSecret('--tls-key', tls.keyFile);
  try {
    createSecureContext({ cert, key });
    new X509Certificate(cert);
  } catch (cause) {
    throw unusable('--tls-cert', tls.certFile, `is no certificate for the key of --tls-key: ${wordsOf(cause)}`, cause);
  }
  return { host, tls: { cert, key }, publicUrl };
}

/** Reads the secret. @throws FairleadError as above */
export function readOidc(config: OidcConfig | null): OidcSettings | null {
  if (config === null) return null;
  const { clientSecretFile, ...settings } = config;
  if (clientSecretFile === null) return { ...settings, clientSecret: null };
  const clientSecret = readSecret('--oidc-client-secret-file', clientSecretFile).trim();
  if (clientSecret === '') throw unusable('--oidc-client-secret-file', clientSecretFile, 'is empty');
  return { ...settings, clientSecret };
}

/** A secret that others on this machine can read is none. @throws FairleadError as above */
export function readSecret(flag: string, path: string): string {
  const text = read(flag, path);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return text;
  const shown = mode.toString(8).padStart(4, '0');
  throw unusable(flag, path, `can be read by others (mode ${shown}): 'chmod 600 ${path}' makes it its owner's alone`);
}

function read(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unusable(flag, path, `cannot be read: ${wordsOf(cause)}`, cause);
  }
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const unusable = (flag: string, path: string, what: string, cause?: unknown): FairleadError =>
  new FairleadError('invalid_argument', `The controller cannot start: ${flag}: ${path} ${what}`, {
    hint: "See 'fairlead controller --help'.",
    cause,
  });
