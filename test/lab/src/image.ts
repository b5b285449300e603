import { readFileSync } from 'node:fs';
import { LabError, findProgram, run } from './command.js';
import { ask } from './engine-api.js';
import { tar } from './tar.js';

/** The images that a lab has, made on the spot and without a registry. */
export const images = {
  /** All applets of busybox on the PATH: sh, ping, nslookup, wget, nc, httpd, sleep … */
  busybox: 'fairlead-lab/busybox:latest',
  /** One static program that sleeps for ever; no shell, no ping, nothing else. */
  bare: 'fairlead-lab/bare:latest',
} as const;

export type LabImage = keyof typeof images;

/** How an image is made: its files, and instructions as in a Dockerfile. */
export interface ImageContent {
  archive: Buffer;
  changes: readonly string[];
}

/** Makes the content of all images; the same bytes serve every host. */
export async function makeImages(): Promise<Record<LabImage, ImageContent>> {
  const path = busyboxPath();
  const binary = { content: readFileSync(path), mode: 0o755 };
  const applets = (await run(path, ['--list'])).split('\n').filter((name) => name !== 'busybox');
  const links = applets.map((name) => ({ path: `bin/${name}`, link: 'busybox' }));
  return {
    busybox: { archive: tar([{ path: 'bin/busybox', ...binary }, ...links]), changes: ['ENV PATH=/bin', 'CMD ["sh"]'] },
    // busybox goes by the name it is called with, so this copy can only sleep. The longest time it takes is 68 years.
    bare: { archive: tar([{ path: 'sleep', ...binary }]), changes: ['ENTRYPOINT ["/sleep", "2147483647"]'] },
  };
}

/** Imports an image into the engine behind the socket. */
export async function loadImage(socketPath: string, name: LabImage, content: ImageContent): Promise<void> {
  const [repo = '', tag = ''] = images[name].split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo, tag });
  for (const change of content.changes) query.append('changes', change);
  const path = `/images/create?${query.toString()}`;
  const question = { method: 'POST', path, body: content.archive } as const;
  // 20.10 was seen to close the connection in the middle of the archive, once and for no reason that its log gave.
  const { status, body } = await ask(socketPath, question).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error;
    return ask(socketPath, question);
  });
  // The engine says 200 before it begins; a later failure is told in the stream.
  if (status === 200 && !body.includes('"error"')) return;
  throw new LabError(`The engine at ${socketPath} refused the image ${images[name]}: ${status} ${body.trim()}`);
}

function busyboxPath(): string {
  const path = findProgram('busybox');
  if (path) return path;
  throw new LabError('There is no busybox on this machine. Install the package busybox-static.');
}
