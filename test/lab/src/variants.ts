import { LabError } from './command.js';

/** The engines that Fairlead is tried against, by the names that `npm run test:engines` takes. */
export const variantNames = ['20.10', '26.1', '28.5', 'podman'] as const;

export type VariantName = (typeof variantNames)[number];

/** Where an engine of one version comes from: a release of Debian, and the packages of it. */
export interface Variant {
  readonly name: VariantName;
  readonly kind: EngineKind;
  readonly suite: string;
  readonly packages: readonly string[];
}

/** The program that serves the Docker API. */
export type EngineKind = 'dockerd' | 'podman';

/** An engine that lies unpacked in a folder which looks like a machine's `/`. */
export interface UnpackedEngine {
  readonly kind: EngineKind;
  /** Full path; only read, so any number of hosts may share it. */
  readonly root: string;
}

const docker = ['docker.io', 'containerd', 'runc'];
const podman = ['podman', 'netavark', 'aardvark-dns', 'crun', 'conmon', 'catatonit', 'nftables'];

/** Versions as of November 2026; a release that is still made moves on, and its folder in the cache stays. */
const variants: readonly Variant[] = [
  { name: '20.10', kind: 'dockerd', suite: 'bookworm', packages: docker },
  { name: '26.1', kind: 'dockerd', suite: 'trixie', packages: docker },
  { name: '28.5', kind: 'dockerd', suite: 'forky', packages: docker },
  { name: 'podman', kind: 'podman', suite: 'forky', packages: podman },
];

/** @throws LabError that names those that there are */
export function variantOf(name: string): Variant {
  const found = variants.find((variant) => variant.name === name);
  if (found) return found;
  throw new LabError(`There is no engine '${name}' to try. There is ${variantNames.join(', ')}.`);
}
