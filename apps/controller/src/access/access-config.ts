import { FairleadError, toFairleadError } from '@fairlead/domain';
import { z } from 'zod';
import { assertNotInTheOpen, isLoopback } from '../http/exposure.js';
import { parseRoleMap, type RoleMapping } from './oidc/role-map.js';

/** How REST is reached and who may use it, as flags and variables say it; no file has been read yet. */
export interface AccessConfig {
  /** The address that REST listens on. */
  readonly host: string;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly publicUrl: URL | null;
  readonly oidc: OidcConfig | null;
  readonly resetAdminToken: boolean;
}

export interface OidcConfig {
  readonly issuer: URL;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecretFile: string | null;
  readonly scopes: string;
  readonly roleClaim: string;
  readonly roleMap: readonly RoleMapping[];
}

/** Rows of the table of settings (see `config.ts`). */
export const ACCESS_SETTINGS = {
  host: { value: 'ADDRESS', meaning: 'address for REST; beyond loopback with TLS only', byDefault: '127.0.0.1' },
  'tls-cert': { value: 'FILE', meaning: 'certificate chain of REST, PEM', byDefault: 'none' },
  'tls-key': { value: 'FILE', meaning: 'its private key, PEM, mode 0600', byDefault: 'none' },
  'public-url': {
    value: 'URL',
    meaning: 'how people and browsers call REST, where it is not by its address',
    byDefault: 'none',
  },
  'oidc-issuer': { value: 'URL', meaning: 'identity provider that people sign in with', byDefault: 'none' },
  'oidc-client-id': { value: 'ID', meaning: 'what this controller is called there', byDefault: 'none' },
  'oidc-client-secret-file': {
    value: 'FILE',
    meaning: 'file of the secret shared with it, mode 0600',
    byDefault: 'none: a public client',
  },
  'oidc-scopes': { value: 'SCOPES', meaning: 'what is asked for of it', byDefault: 'openid profile email' },
  'oidc-role-claim': { value: 'CLAIM', meaning: 'claim that says what somebody is', byDefault: 'roles' },
  'oidc-role-map': {
    value: 'MAP',
    meaning: 'VALUE=ROLE or VALUE=ROLE:SELECTOR, joined by commas, or by ; where a selector has commas',
    byDefault: 'none',
  },
  'reset-admin-token': {
    value: 'yes|no',
    meaning: "where admin.token is missing, make another admin's token and revoke the lost one",
    byDefault: 'no',
  },
} as const;

const file = z.string().min(1, 'must name a file').optional();

const url = (rule: (url: URL) => boolean, message: string) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && rule(new URL(text)), message)
    .transform((text) => new URL(text))
    .optional();

const isOrigin = ({ protocol, pathname, search, hash, username }: URL): boolean =>
  /^https?:$/.test(protocol) && pathname === '/' && search === '' && hash === '' && username === '';

/** Tokens and codes travel to the provider: in the open only where they do not leave the machine. */
const isIssuer = ({ protocol, hostname, search, hash, username }: URL): boolean =>
  (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')))) &&
  `${search}${hash}${username}` === '';

const roleMap = z.string().transform((text, context) => {
  try {
    return parseRoleMap(text);
  } catch (error) {
    const { message, hint } = toFairleadError(error);
    context.addIssue({ code: 'custom', message: hint ? `${message}. ${hint}` : message });
    return z.NEVER;
  }
});

export const accessShape = {
  host: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be an address of this machine')
    .default('127.0.0.1'),
  'tls-cert': file,
  'tls-key': file,
  'public-url': url(isOrigin, 'must be such as https://fairlead.example:7800, without a path'),
  'oidc-issuer': url(isIssuer, 'must be an https URL; http for a provider on this machine only'),
  'oidc-client-id': z.string().min(1, 'must not be empty').optional(),
  'oidc-client-secret-file': file,
  'oidc-scopes': z
    .string()
    .refine((text) => text.split(/\s+/).includes('openid'), "must contain 'openid'")
    .default('openid profile email'),
  'oidc-role-claim': z.string().min(1, 'must not be empty').default('roles'),
  'oidc-role-map': roleMap.optional(),
  'reset-admin-token': z
    .enum(['yes', 'no'])
    .default('no')
    .transform((text) => text === 'yes'),
} satisfies Record<keyof typeof ACCESS_SETTINGS, z.ZodType>;

type AccessData = z.output<z.ZodObject<typeof accessShape>>;
type Faults = { path: string; message: string }[];

/** @param faults gets what is wrong between settings */
export function toAccessConfig(data: AccessData, faults: Faults): AccessConfig {
  const [certFile, keyFile] = [data['tls-cert'], data['tls-key']];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const missing = certFile === undefined ? '--tls-cert' : '--tls-key';
    faults.push({ path: missing, message: 'is needed too: a certificate and its key go together' });
  }
  const tls = certFile === undefined || keyFile === undefined ? null : { certFile, keyFile };
  const { host, 'public-url': publicUrl = null, 'reset-admin-token': resetAdminToken } = data;
  if (certFile === undefined && keyFile === undefined) noteOpen(host, faults);
  return { host, tls, publicUrl, oidc: toOidcConfig(data, faults), resetAdminToken };
}

function noteOpen(host: string, faults: Faults): void {
  try {
    assertNotInTheOpen({ host, tls: null, publicUrl: null });
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    faults.push({ path: '--host', message: `${error.message}. ${error.hint}` });
  }
}

function toOidcConfig(data: AccessData, faults: Faults): OidcConfig | null {
  const [issuer, clientId, map] = [data['oidc-issuer'], data['oidc-client-id'], data['oidc-role-map']];
  const needed = { 'oidc-issuer': issuer, 'oidc-client-id': clientId, 'oidc-role-map': map };
  const given = [...Object.values(needed), data['oidc-client-secret-file']].some((value) => value !== undefined);
  if (!given) return null;
  for (const [name, value] of Object.entries(needed)) {
    if (value === undefined) faults.push({ path: `--${name}`, message: 'is needed too, for sign-in with a provider' });
  }
  if (issuer === undefined || clientId === undefined || map === undefined) return null;
  return {
    issuer,
    clientId,
    clientSecretFile: data['oidc-client-secret-file'] ?? null,
    scopes: data['oidc-scopes'],
    roleClaim: data['oidc-role-claim'],
    roleMap: map,
  };
}
