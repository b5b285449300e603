import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LabError, findProgram, run } from './command.js';
import { type UnpackedEngine, type Variant, variantOf } from './variants.js';

/** Raised when what is done to an unpacked root changes, so that older ones are made anew. */
const recipe = 1;

/** What every root needs beside its engine: the programs that engines call, and a shell to enter it. */
const base = ['bash', 'coreutils', 'mount', 'util-linux', 'iproute2', 'iptables', 'kmod', 'procps', 'ca-certificates'];

/** The programs of `docker.io` find iptables through links that its maintainer scripts would make. */
const firewallLinks = [
  'iptables',
  'iptables-save',
  'iptables-restore',
  'ip6tables',
  'ip6tables-save',
  'ip6tables-restore',
];

export interface RootOptions {
  /** Where unpacked engines are kept. Default: LAB_ENGINE_CACHE, else ~/.cache/fairlead/engines. */
  readonly cache?: string;
  /** A Debian mirror. Default: LAB_DEBIAN_MIRROR, else the one that this machine's apt uses. */
  readonly mirror?: string;
}

/**
 * The engine of this name, unpacked. The first time its packages and all that they need are downloaded and taken apart
 * without being installed (100 MB, ten to twenty seconds on a near mirror); afterwards nothing is downloaded.
 *
 * The machine's own apt is asked with lists, status and cache of its own, so nothing of the machine changes.
 * @throws LabError if there is no mirror, or it does not have the packages
 */
export async function unpackEngine(name: string, options: RootOptions = {}): Promise<UnpackedEngine> {
  const variant = variantOf(name);
  const root = rootPath(variant, options.cache ?? cacheFolder());
  if (!existsSync(root)) await unpack(variant, root, options.mirror ?? (await debianMirror()));
  return { kind: variant.kind, root };
}

/** Where unpacked engines are kept. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['LAB_ENGINE_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'fairlead', 'engines');
}

/** The folder of a variant; another one when its packages or the recipe change. */
export function rootPath(variant: Variant, cache: string): string {
  const content = JSON.stringify([recipe, variant.suite, variant.packages, base]);
  return join(cache, `${variant.name}-${createHash('sha256').update(content).digest('hex').slice(0, 8)}`);
}

/** @throws LabError that says how to name one */
export async function debianMirror(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = env['LAB_DEBIAN_MIRROR'];
  if (named) return named;
  if (!findProgram('apt-get')) throw new LabError('Engines are unpacked with apt and dpkg-deb, which are not here.');
  const lists = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']);
  const mirror = mirrorAmong(lists.split('\n'));
  if (mirror) return mirror;
  throw new LabError('The apt of this machine knows no Debian mirror. Name one in LAB_DEBIAN_MIRROR.');
}

/** The first archive that is Debian's main one: those of security and others have not all that engines need. */
export const mirrorAmong = (archives: readonly string[]): string | undefined =>
  archives.find((archive) => /\/debian\/?$/.test(archive));

async function unpack(variant: Variant, root: string, mirror: string): Promise<void> {
  mkdirSync(dirname(root), { recursive: true });
  const work = mkdtempSync(`${root}.`);
  try {
    await download(variant, mirror, join(work, 'apt'));
    await extract(join(work, 'apt/cache/archives'), join(work, 'root'));
    finish(join(work, 'root'));
    place(join(work, 'root'), root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function download({ suite, packages }: Variant, mirror: string, apt: string): Promise<void> {
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, folder), { recursive: true });
  writeFileSync(join(apt, 'status'), ''); // as if nothing were installed, so that all that is needed comes
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  writeFileSync(join(apt, 'apt.conf'), configuration(apt));
  const env = { ...process.env, APT_CONFIG: join(apt, 'apt.conf'), DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '--quiet=2'], { env });
  await run('apt-get', ['install', '--yes', '--quiet=2', '--download-only', ...packages, ...base], { env });
}

/** Beside what the machine's own configuration says, of a proxy for example. */
const configuration = (apt: string): string =>
  [
    `Dir::Etc::sourcelist "${apt}/sources.list";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    `Dir::State::lists "${apt}/lists";`,
    `Dir::State::status "${apt}/status";`,
    `Dir::Cache "${apt}/cache";`,
    'Dir::Cache::pkgcache "";',
    'APT::Install-Recommends "0";',
    'APT::Sandbox::User "root";',
    'APT::Keep-Downloaded-Packages "1";',
    'APT::Update::Post-Invoke-Success "";',
    '#clear APT::Update::Post-Invoke-Success;',
  ].join('\n');

/** Debian's packages have everything below /usr; the links at the top come from a maintainer script. */
async function extract(archives: string, root: string): Promise<void> {
  for (const folder of ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  const files = readdirSync(archives).filter((name) => name.endsWith('.deb'));
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar --extract --directory "$2" --keep-directory-symlink';
  for (const file of files) await run('sh', ['-c', `set -e; ${script}`, 'sh', join(archives, file), root]);
}

/** What maintainer scripts would have done, as far as an engine needs it. */
function finish(root: string): void {
  for (const folder of [
    'proc',
    'sys',
    'dev',
    'run',
    'tmp',
    'root',
    'var/tmp',
    'var/lib',
    'etc/containers',
    'etc/docker',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const name of firewallLinks) link('xtables-nft-multi', join(root, 'usr/sbin', name));
  link('bash', join(root, 'usr/bin/sh'));
  rmSync(join(root, 'var/run'), { recursive: true, force: true });
  link('/run', join(root, 'var/run'));
  const files: Readonly<Record<string, string>> = {
    'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
    'etc/group': 'root:x:0:\ndocker:x:103:\nnogroup:x:65534:\n',
    'etc/containers/policy.json': '{"default":[{"type":"insecureAcceptAnything"}]}\n',
    // Containers stay in the control group that podman was started in, the lab's, and end with it.
    'etc/containers/containers.conf': '[containers]\ncgroups = "disabled"\n[engine]\ncgroup_manager = "cgroupfs"\n',
  };
  for (const [path, content] of Object.entries(files)) {
    rmSync(join(root, path), { force: true });
    writeFileSync(join(root, path), content);
  }
}

function link(target: string, path: string): void {
  if (!existsSync(path)) symlinkSync(target, path);
}

/** A folder of this name is whole. Another process may have been first. */
function place(made: string, root: string): void {
  try {
    renameSync(made, root);
  } catch (error) {
    if (!existsSync(root)) throw error;
  }
}
