/**
 * Generates the TypeScript types of the protocol from `proto/` into `libs/link/src/generated`.
 * The result is committed; `--check` compares instead of writing and fails where the two differ.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { format } from 'prettier';

const root = join(import.meta.dirname, '..');
const style = JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8'));
const target = join(root, 'libs/link/src/generated');
const loader = join(
  dirname(createRequire(import.meta.url).resolve('@grpc/proto-loader/package.json')),
  'build/bin/proto-loader-gen-types.js',
);

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

async function generate(folder) {
  const protos = files(join(root, 'proto')).filter((file) => file.endsWith('.proto'));
  const options = [
    '--longs=Number',
    '--enums=String',
    '--defaults',
    '--oneofs',
    '--includeComments',
    '--grpcLib=@grpc/grpc-js',
  ];
  const output = ['--importFileExtension=.js', `--includeDirs=${join(root, 'proto')}`, `--outDir=${folder}`];
  execFileSync(process.execPath, [loader, ...options, ...output, ...protos], {
    cwd: join(root, 'proto'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const file of files(folder)) await tidy(join(folder, file));
}

/** Formatted like the rest of the tree, and without the first line's name of the folder the generator ran in. */
async function tidy(path) {
  const text = readFileSync(path, 'utf8').replace(/^\/\/ Original file: .*\/proto\//, '// Generated from proto/');
  writeFileSync(path, await format(text, { ...style, parser: 'typescript' }));
}

export async function generateProto() {
  rmSync(target, { recursive: true, force: true });
  await generate(target);
}

/** Paths that differ between what is committed and what `proto/` says now. */
export async function findDrift() {
  const scratch = mkdtempSync(join(tmpdir(), 'fairlead-proto-'));
  try {
    await generate(scratch);
    const names = new Set([...files(scratch), ...files(target)]);
    const read = (folder, name) =>
      statSync(join(folder, name), { throwIfNoEntry: false }) ? readFileSync(join(folder, name), 'utf8') : '';
    return [...names].filter((name) => read(scratch, name) !== read(target, name));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  if (!process.argv.includes('--check')) await generateProto();
  else {
    const drift = await findDrift();
    if (drift.length > 0) {
      console.error(`The generated types do not match proto/: ${drift.join(', ')}\nRun: node tools/generate-proto.mjs`);
      process.exit(1);
    }
  }
}
