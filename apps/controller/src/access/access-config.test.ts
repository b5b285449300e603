import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { loadConfig } from '../config.js';
import { temporaryFolder } from '../testing/rig.js';
import { readExposure, readOidc } from './access-files.js';

const read = (...argv: string[]) => loadConfig({ XDG_STATE_HOME: '/state' }, argv).access;
const fault = (...argv: string[]): string => {
  try {
    read(...argv);
    return 'it was taken';
  } catch (error) {
    if (error instanceof FairleadError) return error.message;
    throw error;
  }
};

const OIDC = ['--oidc-issuer', 'https://id.example', '--oidc-client-id', 'fairlead', '--oidc-role-map', 'ops=operator'];

describe('where REST listens', () => {
  it.each(['127.0.0.1', '127.0.0.7', '::1', 'localhost'])('is loopback without TLS: %s', (host) => {
    expect(read('--host', host)).toMatchObject({ host, tls: null });
  });

  it.each(['0.0.0.0', '::', '10.20.0.1', 'fe80::1', 'fairlead.example', '127.example'])(
    'is refused beyond it without TLS, with both ways out: %s',
    (host) => {
      expect(fault('--host', host)).toMatch(/--tls-cert FILE and --tls-key FILE; or leave --host.*--public-url https/);
    },
  );

  it('is anywhere with a certificate and its key', () => {
    const tls = { certFile: '/cert.pem', keyFile: '/key.pem' };
    expect(read('--host', '0.0.0.0', '--tls-cert', tls.certFile, '--tls-key', tls.keyFile)).toMatchObject({ tls });
    expect(fault('--tls-cert', '/cert.pem')).toMatch(/--tls-key: is needed too/);
    expect(fault('--tls-key', '/key.pem')).toMatch(/--tls-cert: is needed too/);
  });

  it('is called by a URL without anything behind its port', () => {
    expect(read('--public-url', 'https://fairlead.example:7800').publicUrl?.origin).toBe(
      'https://fairlead.example:7800',
    );
    for (const text of [
      'fairlead.example',
      'ftp://x',
      'https://x/path',
      'https://x/?a',
      'https://me@x',
      'javascript:1',
    ]) {
      expect(fault('--public-url', text)).toMatch(/--public-url: must be such as/);
    }
  });
});

describe('the identity provider', () => {
  it('is set as a whole or not at all', () => {
    expect(read().oidc).toBeNull();
    expect(fault('--oidc-issuer', 'https://id.example')).toMatch(/--oidc-client-id: .*--oidc-role-map: /);
    expect(read(...OIDC).oidc).toMatchObject({
      clientId: 'fairlead',
      clientSecretFile: null,
      scopes: 'openid profile email',
      roleClaim: 'roles',
      roleMap: [{ value: 'ops', role: 'operator', hosts: '' }],
    });
  });

  it.each(['http://id.example', 'http://10.0.0.1', 'https://user@id.example', 'id.example', 'http://127.example'])(
    'is not spoken to in the open: %s',
    (issuer) => {
      expect(fault('--oidc-issuer', issuer, ...OIDC.slice(2))).toMatch(/--oidc-issuer: must be an https URL/);
    },
  );

  it.each(['http://127.0.0.1:9000', 'http://localhost:9000/realms/x', 'http://[::1]:9000'])(
    'may be on this machine without TLS: %s',
    (issuer) => {
      expect(read('--oidc-issuer', issuer, ...OIDC.slice(2)).oidc?.issuer.href).toContain(issuer);
    },
  );

  it('is told a secret that only its owner can read, from a file and not from the command line', () => {
    const { path, remove } = temporaryFolder();
    const file = join(path, 'secret');
    writeFileSync(file, 'very-secret\n', { mode: 0o600 });
    const { oidc } = read(...OIDC, '--oidc-client-secret-file', file);
    expect(readOidc(oidc)).toMatchObject({ clientSecret: 'very-secret' });
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(file, mode);
      expect(() => readOidc(oidc)).toThrow(/can be read by others \(mode 06/);
    }
    remove();
    expect(() => readOidc(oidc)).toThrow(/cannot be read/);
  });
});

describe('files of TLS', () => {
  let folder: { path: string; remove: () => void };
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('are named where they are no certificate and key', () => {
    const [certFile, keyFile] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
    const config = read('--tls-cert', certFile, '--tls-key', keyFile);
    expect(() => readExposure(config)).toThrow(/--tls-cert: .*cert.pem cannot be read/);
    writeFileSync(certFile, 'no certificate');
    writeFileSync(keyFile, 'no key', { mode: 0o644 });
    expect(() => readExposure(config)).toThrow(/--tls-key: .*key.pem can be read by others/);
    chmodSync(keyFile, 0o600);
    expect(() => readExposure(config)).toThrow(/is no certificate for the key/);
  });
});
