/** One thing in an archive: a file, or a symbolic link. All belong to root. */
export type TarEntry = { path: string; content: Buffer; mode: number } | { path: string; link: string };

const block = 512;

/** An archive in the ustar format of POSIX.1-1988. Paths and links hold at most 100 bytes. */
export function tar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * block)]);
}

function blocksOf(entry: TarEntry): Buffer[] {
  if ('link' in entry) return [header(entry.path, 0o777, 0, '2', entry.link)];
  const { path, content, mode } = entry;
  const padding = Buffer.alloc((block - (content.length % block)) % block);
  return [header(path, mode, content.length, '0', ''), content, padding];
}

function header(path: string, mode: number, size: number, type: string, link: string): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(path, 0, 100);
  bytes.write(octal(mode, 7), 100);
  bytes.write(octal(0, 7), 108);
  bytes.write(octal(0, 7), 116);
  bytes.write(octal(size, 11), 124);
  bytes.write(octal(0, 11), 136);
  bytes.write(type, 156);
  bytes.write(link, 157, 100);
  bytes.write('ustar\0' + '00', 257);
  bytes.write(octal(checksum(bytes), 6) + '\0 ', 148);
  return bytes;
}

/** The sum of all bytes, the field of the sum itself (8 bytes from 148) taken as blanks. */
function checksum(bytes: Buffer): number {
  return bytes.reduce((sum, byte) => sum + byte, 8 * 0x20);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
