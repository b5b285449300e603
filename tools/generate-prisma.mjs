/**
 * Generates the Prisma client from `prisma/` into `apps/controller/src/generated/prisma`, which git ignores.
 *
 * The generator is called directly: the `prisma` command would add 230 MB to the tree and wants to download an engine.
 * Its output was byte-identical (Prisma 7.10.0). These are internal packages, so all of Prisma is pinned to one version.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const target = join(root, 'apps/controller/src/generated/prisma');
/** Holds the hash of what the client beside it was made from. */
const stamp = join(target, '.inputs');
// The ESM build of @prisma/client-common 7.10.0 is broken, so CommonJS is what gets loaded.
const require = createRequire(import.meta.url);

/** The schema of one provider as `[path, content]`, in a fixed order: its datasource and the models shared by all. */
export function readSchema(provider = 'sqlite') {
  const folders = [join(root, 'prisma', provider), join(root, 'prisma/models')];
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.prisma'))
      .sort()
      .map((name) => [join(folder, name), readFileSync(join(folder, name), 'utf8')]),
  );
}

function hashInputs(schema) {
  const hash = createHash('sha256');
  for (const [path, content] of schema) hash.update(`${relative(root, path)}\0${content}\0`);
  hash.update(readFileSync(import.meta.filename));
  hash.update(require('@prisma/engines-version').enginesVersion);
  return hash.digest('hex');
}

function readStamp() {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return '';
  }
}

async function generate(schema, folder) {
  const { getConfig, getDMMF } = require('@prisma/internals');
  const { PrismaClientTsGenerator } = require('@prisma/client-generator-ts');
  const config = await getConfig({ datamodel: schema });
  await new PrismaClientTsGenerator().generate({
    generator: { ...config.generators[0], output: { value: folder, fromEnvVar: null }, isCustomOutput: true },
    otherGenerators: [],
    schemaPath: schema[0][0],
    dmmf: await getDMMF({ datamodel: schema }),
    datasources: config.datasources,
    datamodel: schema.map(([, content]) => content).join('\n'),
    version: require('@prisma/engines-version').enginesVersion,
    binaryPaths: {},
  });
}

/**
 * Generates the client if its inputs have changed. A run that is killed leaves either the old client or none.
 * @returns whether anything was generated
 */
export async function generatePrismaClient() {
  const schema = readSchema();
  const hash = hashInputs(schema);
  if (readStamp() === hash) return false;
  const scratch = `${target}.${process.pid}`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  await generate(schema, scratch);
  writeFileSync(join(scratch, '.inputs'), hash);
  rmSync(target, { recursive: true, force: true });
  renameSync(scratch, target);
  return true;
}

if (process.argv[1] === import.meta.filename) {
  const generated = await generatePrismaClient();
  console.log(generated ? `Generated ${relative(root, target)}` : 'The Prisma client is up to date');
}
