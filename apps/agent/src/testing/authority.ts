import { TestAuthority } from '@fairlead/link/testing';
import type { TlsIdentity } from '@fairlead/link';

export const CLUSTER_ID = '0198c0de-0000-4000-8000-00000000c1a5';
export const AGENT_ID = '0198c0de-0000-7000-8000-00000000a9e1';

export interface LeafOptions {
  /** SubjectPublicKeyInfo (DER), or a private key (PEM). */
  readonly key: Buffer | string;
  /** Default: that of the agent of tests. */
  readonly name?: string;
  /** Milliseconds from now. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** A certificate authority of the one cluster of these tests. */
export interface Authority {
  /** PEM. */
  readonly root: string;
  /** SHA-256 of the root, base64url. */
  readonly rootDigest: string;
  /** @returns PEM: the certificate and the root */
  issue(options: LeafOptions): Promise<string>;
  /** What a controller of the cluster shows. */
  controller(dates?: Pick<LeafOptions, 'fromMs' | 'toMs'>): Promise<TlsIdentity>;
}

/** Each has a root of its own. */
export async function makeAuthority(): Promise<Authority> {
  const authority = await TestAuthority.create(CLUSTER_ID);
  const { root, rootDigest } = authority;
  const issue = async ({ key, name, ...dates }: LeafOptions): Promise<string> => {
    const given = typeof key === 'string' ? { privateKey: key } : { publicKey: key };
    const names = name === undefined ? {} : { names: [name] };
    return (await authority.agent(AGENT_ID, { ...given, ...names, ...dates })).certificateChain;
  };
  return { root, rootDigest, issue, controller: (dates) => authority.controller(dates) };
}
