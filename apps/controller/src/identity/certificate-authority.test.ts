import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from '@fairlead/link';
import { temporaryFolder } from '../testing/rig.js';
import { seeded } from '../testing/seeded.js';
import { CertificateAuthority } from './certificate-authority.js';

const NOW = Date.now();
const HOUR = 3_600_000;
const random = seeded(3);

let folder: ReturnType<typeof temporaryFolder>;
let keysDir: string;
let time: number;

beforeEach(() => {
  folder = temporaryFolder();
  keysDir = join(folder.path, 'keys');
  time = NOW;
});
afterEach(() => folder.remove());

const openCa = (): Promise<CertificateAuthority> => CertificateAuthority.open(keysDir, () => time);
const publicKeyOf = (pem: string): Buffer =>
  createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' });
const agentKey = () => {
  const privateKey = createKey();
  return { privateKey, publicKey: publicKeyOf(privateKey) };
};
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const files = (): string[] => readdirSync(keysDir).sort();
const keyFile = (): string => join(keysDir, files().find((name) => name.endsWith('.key')) ?? '');

describe('opening', () => {
  it('makes a cluster with one root on first use, and finds it again', async () => {
    const first = await openCa();
    const again = await openCa();
    expect(again.clusterId).toBe(first.clusterId);
    expect(again.roots()).toEqual(first.roots());
    expect(first.roots()).toEqual([expect.objectContaining({ state: 'active', createdAt: NOW })]);
    const root = new X509Certificate(first.active.certificate);
    expect(root).toMatchObject({ ca: true, subject: expect.stringContaining(`Fairlead root ${first.clusterId} `) });
    expect(root.verify(root.publicKey)).toBe(true);
    expect(Date.parse(root.validTo) - NOW).toBeGreaterThan(9.9 * 365 * 24 * HOUR);
    expect(first.tokenDigest()).toBe(Buffer.from(root.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'));
    expect(first.tokenDigest()).toHaveLength(43);
  });

  it('keeps folder and files for their owner alone, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      await (await openCa()).prepare();
    } finally {
      process.umask(umask);
    }
    expect(modeOf(keysDir)).toBe('700');
    expect(files()).toHaveLength(3);
    for (const name of files()) expect(modeOf(join(keysDir, name))).toBe('600');
  });

  it.each([
    ['the folder', () => keysDir, 0o750, 'chmod 0700'],
    ['the state file', () => join(keysDir, 'ca.json'), 0o644, 'chmod 0600'],
    ['a key', keyFile, 0o604, 'chmod 0600'],
  ])('refuses where others may read %s', async (_, path, mode, hint) => {
    await openCa();
    chmodSync(path(), mode);
    await expect(openCa()).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining(`Others than the owner may read ${path()}`),
      hint: expect.stringContaining(`${hint} ${path()}`),
    });
  });

  it('says what to do where the key of the active root is missing, and makes no other in its place', async () => {
    await openCa();
    rmSync(keyFile());
    await expect(openCa()).rejects.toMatchObject({
      message: expect.stringContaining('is missing'),
      hint: expect.stringContaining('from a backup'),
    });
    expect(files()).toEqual(['ca.json']);
  });

  it('makes no new cluster where the state is missing beside keys', async () => {
    await openCa();
    rmSync(join(keysDir, 'ca.json'));
    await expect(openCa()).rejects.toThrow('ca.json is missing, but there are keys of roots');
  });

  it('makes no new cluster where hosts have joined already', async () => {
    await expect(CertificateAuthority.open(keysDir, () => time, false)).rejects.toMatchObject({
      message: expect.stringContaining('Hosts have joined'),
      hint: expect.stringContaining('--keys-dir'),
    });
    expect(existsSync(keysDir)).toBe(false);
  });

  const damages: [string, (text: string) => string][] = [
    ['empty', () => ''],
    ['cut off', (text) => text.slice(0, text.length / 2)],
    ['of another form', () => '{"version":1}'],
    ['with two active roots', (text) => text.replace(/("roots": \[)([^]*?\})/, '$1$2,$2')],
    [
      'with another certificate',
      (text) => text.replace(/"digest": "./, (found) => found.slice(0, -1) + (found.endsWith('0') ? '1' : '0')),
    ],
  ];
  it.each(damages)('refuses a state file that is %s', async (_, damage) => {
    await openCa();
    const path = join(keysDir, 'ca.json');
    const before = readFileSync(path, 'utf8');
    const damaged = damage(before);
    expect(damaged).not.toBe(before);
    writeFileSync(path, damaged);
    await expect(openCa()).rejects.toThrow('ca.json is damaged');
    expect(readFileSync(path, 'utf8')).toBe(damaged);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 100)],
    ['of another root', () => createKey()],
    ['no key', () => 'MIGHAgEAMBMGByqGSM49'],
  ])('refuses a key file that is %s, and says nothing of what is in it', async (_, damage) => {
    await openCa();
    const path = keyFile();
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    const error: unknown = await openCa().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('is damaged, or not the key of its root') });
    expect(inspect(error, { depth: 10 })).not.toContain('MIGHAgEA');
  });
});

describe('keys', () => {
  it('are in no text of the authority', async () => {
    const ca = await openCa();
    await ca.prepare();
    await ca.activate();
    const texts = [
      String(ca),
      JSON.stringify(ca),
      JSON.stringify({ ca }),
      inspect(ca, { depth: 10, showHidden: true }),
      inspect(Object.getOwnPropertyDescriptors(ca), { depth: 10 }),
      JSON.stringify(ca.roots()),
      readFileSync(join(keysDir, 'ca.json'), 'utf8'),
      await ca
        .retire()
        .then(() => ca.activate())
        .catch((error: unknown) => inspect(error, { depth: 10 })),
    ];
    const keys = files().filter((name) => name.endsWith('.key'));
    expect(keys).not.toHaveLength(0);
    for (const name of keys) {
      const [, base64 = ''] = /-\n([^-]+)\n-/.exec(readFileSync(join(keysDir, name), 'utf8')) ?? [];
      for (const text of texts) {
        expect(text).not.toContain('PRIVATE');
        for (const line of base64.split('\n')) expect(text).not.toContain(line);
      }
    }
  });
});

/** What Node reads of a certificate, as one object. */
const readingOf = (pem: string) => {
  const read = new X509Certificate(pem);
  const { subject, subjectAltName, ca, keyUsage, serialNumber, validFrom, validTo } = read;
  return { subject, subjectAltName, ca, usages: keyUsage, serialNumber, validFrom, validTo };
};

/** BIT STRING of the key usage extension: digitalSignature alone is 03 02 07 80. */
const hasOnlyDigitalSignature = (pem: string): boolean =>
  new X509Certificate(pem).raw.includes(Buffer.from('0603551d0f0101ff040403020780', 'hex'));

describe('issuing', () => {
  const usages = { false: ['1.3.6.1.5.5.7.3.2'], true: ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1'] };

  it.each([false, true])('gives agents one name and no more than they need (listening: %s)', async (listening) => {
    const ca = await openCa();
    const serials = new Set<string>();
    for (let round = 0; round < 100; round++) {
      time = NOW + Math.floor(random() * 1000 * HOUR);
      const agentId = randomUUID();
      const { publicKey } = agentKey();
      const issued = await ca.issueAgent({ agentId, publicKey, listening });
      const [leaf = '', root] = issued.certificateChain.split(/(?<=-----END CERTIFICATE-----\n)/);
      expect(root).toBe(ca.active.certificate);
      expect(readingOf(leaf)).toEqual({
        subject: undefined,
        subjectAltName: `URI:spiffe://${ca.clusterId}/agent/${agentId}`,
        ca: false,
        usages: usages[`${listening}`],
        serialNumber: issued.serial.toUpperCase(),
        validFrom: expect.anything(),
        validTo: expect.anything(),
      });
      const read = new X509Certificate(leaf);
      expect(hasOnlyDigitalSignature(leaf)).toBe(true);
      expect(read.publicKey.export({ type: 'spki', format: 'der' })).toEqual(publicKey);
      expect(read.verify(new X509Certificate(ca.active.certificate).publicKey)).toBe(true);
      expect(Date.parse(read.validFrom)).toBe(issued.notBefore);
      expect(Date.parse(read.validTo)).toBe(issued.notAfter);
      expect(issued.notBefore).toBeLessThanOrEqual(time - HOUR);
      expect(time - HOUR - issued.notBefore).toBeLessThan(1000);
      expect(Math.abs(issued.notAfter - time - 24 * HOUR)).toBeLessThan(1000);
      expect(issued.serial).toMatch(/^[4-7][0-9a-f]{31}$/);
      expect(issued.rootDigest).toBe(ca.active.digest);
      serials.add(issued.serial);
    }
    expect(serials.size).toBe(100);
  });

  it('takes nothing for a key but exactly one P-256 key', async () => {
    const ca = await openCa();
    const { publicKey } = agentKey();
    const spki = (pair: { publicKey: { export(options: { type: 'spki'; format: 'der' }): Buffer } }) =>
      pair.publicKey.export({ type: 'spki', format: 'der' });
    const flipped = Buffer.from(publicKey);
    flipped[60] = (flipped[60] ?? 0) ^ 1;
    const garbage = [
      Buffer.alloc(0),
      Buffer.concat([publicKey, Buffer.from([0])]),
      publicKey.subarray(0, 90),
      Buffer.from(publicKey.toString('base64')),
      flipped,
      spki(generateKeyPairSync('ec', { namedCurve: 'P-384' })),
      spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
      spki(generateKeyPairSync('rsa', { modulusLength: 2048 })),
      spki(generateKeyPairSync('ed25519')),
      new X509Certificate(ca.active.certificate).raw,
      ...Array.from({ length: 300 }, () =>
        Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256))),
      ),
      ...Array.from({ length: 300 }, () => {
        const broken = Buffer.from(publicKey);
        const at = Math.floor(random() * 27);
        broken[at] = (broken[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        return broken;
      }),
    ];
    for (const each of garbage) {
      const request = ca.issueAgent({ agentId: randomUUID(), publicKey: each, listening: false });
      await expect(request).rejects.toMatchObject({ code: 'invalid_argument' });
    }
  });

  it('takes nothing for an agent id but a UUID', async () => {
    const ca = await openCa();
    const { publicKey } = agentKey();
    for (const agentId of ['', '../controller', `${randomUUID()}/x`, randomUUID().toUpperCase(), `${randomUUID()}\n`]) {
      await expect(ca.issueAgent({ agentId, publicKey, listening: false })).rejects.toMatchObject({ code: 'internal' });
    }
  });

  it('gives the controller a new key each time, and writes it nowhere', async () => {
    const ca = await openCa();
    const before = files();
    const [one, two] = [await ca.issueController(), await ca.issueController()];
    expect(one.privateKey).not.toBe(two.privateKey);
    expect(files()).toEqual(before);
    expect(readingOf(one.certificateChain)).toMatchObject({
      subjectAltName: `URI:spiffe://${ca.clusterId}/controller`,
      ca: false,
      usages: usages.true,
    });
    expect(Math.abs(one.notAfter - NOW - 7 * 24 * HOUR)).toBeLessThan(1000);
    expect(one.roots).toBe(ca.trustedRoots());
  });

  it('issues nothing that outlives its root, and nothing where the root is not valid', async () => {
    const ca = await openCa();
    const { publicKey } = agentKey();
    const end = Date.parse(new X509Certificate(ca.active.certificate).validTo);
    const issue = () => ca.issueAgent({ agentId: randomUUID(), publicKey, listening: false });
    time = end - HOUR;
    expect(await issue()).toMatchObject({ notAfter: end });
    time = end;
    await expect(issue()).rejects.toMatchObject({ hint: expect.stringContaining('fairlead ca prepare') });
    time = NOW - 2 * HOUR;
    await expect(issue()).rejects.toMatchObject({ hint: expect.stringContaining('clock') });
  });
});

/** Both ends' verdicts on each other's certificate. */
async function handshake(
  server: { chain: string; key: string },
  client: { chain: string; key: string },
  roots: string,
): Promise<{ ofClient: string; ofServer: string }> {
  const options = { ca: roots, minVersion: 'TLSv1.3', rejectUnauthorized: false } as const;
  const listener = createServer({ ...options, cert: server.chain, key: server.key, requestCert: true });
  const accepted = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const checkServerIdentity = () => undefined;
  const socket = connect({
    ...options,
    port,
    host: '127.0.0.1',
    cert: client.chain,
    key: client.key,
    checkServerIdentity,
  });
  await once(socket, 'secureConnect');
  const [other] = await accepted;
  const verdict = ({ authorized, authorizationError }: TLSSocket): string =>
    authorized ? 'authorized' : String(authorizationError);
  const verdicts = { ofClient: verdict(other), ofServer: verdict(socket) };
  socket.destroy();
  other.destroy();
  listener.close();
  return verdicts;
}

describe('certificates in TLS', () => {
  const show = async (ca: CertificateAuthority, listening: boolean) => {
    const { privateKey, publicKey } = agentKey();
    const { certificateChain } = await ca.issueAgent({ agentId: randomUUID(), publicKey, listening });
    return { chain: certificateChain, key: privateKey };
  };
  const controllerOf = async (ca: CertificateAuthority) => {
    const { certificateChain, privateKey } = await ca.issueController();
    return { chain: certificateChain, key: privateKey };
  };

  it('are accepted on both sides between controller and agent, and listening agent and controller', async () => {
    const ca = await openCa();
    const [controller, agent, listening] = [await controllerOf(ca), await show(ca, false), await show(ca, true)];
    const both = { ofClient: 'authorized', ofServer: 'authorized' };
    expect(await handshake(controller, agent, ca.trustedRoots())).toEqual(both);
    expect(await handshake(listening, controller, ca.trustedRoots())).toEqual(both);
  });

  it('of an agent that does not listen make no server', async () => {
    const ca = await openCa();
    const agent = await show(ca, false);
    expect(await handshake(agent, await controllerOf(ca), ca.trustedRoots())).toEqual({
      ofClient: 'authorized',
      ofServer: 'INVALID_PURPOSE',
    });
  });

  it('of another cluster are not accepted', async () => {
    const ca = await openCa();
    const other = await CertificateAuthority.open(join(folder.path, 'other'), () => time);
    const { ofClient } = await handshake(await controllerOf(ca), await show(other, false), ca.trustedRoots());
    expect(ofClient).toBe('SELF_SIGNED_CERT_IN_CHAIN');
  });

  it('sign no certificate: an agent cannot make itself an authority', async () => {
    const ca = await openCa();
    const { makeLeaf } = await import('./ca-certificates.js');
    const { privateKey, publicKey } = agentKey();
    const { certificateChain } = await ca.issueAgent({ agentId: randomUUID(), publicKey, listening: true });
    const key = await crypto.subtle.importKey(
      'pkcs8',
      createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' }),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    );
    const mine = agentKey();
    const uri = `spiffe://${ca.clusterId}/controller`;
    const period = { notBefore: NOW - HOUR, notAfter: NOW + HOUR };
    const forged = await makeLeaf(
      { uri, publicKey: mine.publicKey, usages: ['client', 'server'], ...period },
      certificateChain,
      key,
    );
    const forger = { chain: forged + certificateChain, key: mine.privateKey };
    const { ofServer } = await handshake(forger, await show(ca, false), ca.trustedRoots());
    expect(ofServer).not.toBe('authorized');
  });

  it('of the old and of the new root are both accepted until the old one is retired', async () => {
    const ca = await openCa();
    const [oldController, oldAgent] = [await controllerOf(ca), await show(ca, false)];
    await ca.prepare();
    await ca.activate();
    const [newController, newAgent] = [await controllerOf(ca), await show(ca, false)];
    const both = { ofClient: 'authorized', ofServer: 'authorized' };
    expect(await handshake(oldController, newAgent, ca.trustedRoots())).toEqual(both);
    expect(await handshake(newController, oldAgent, ca.trustedRoots())).toEqual(both);
    await ca.retire();
    const { ofClient } = await handshake(newController, oldAgent, ca.trustedRoots());
    expect(ofClient).not.toBe('authorized');
    expect(await handshake(newController, newAgent, ca.trustedRoots())).toEqual(both);
  });
});
