/**
 * The set-up steps behind `npm start` and `npm test`: each looks whether its work is already done, says so when it has
 * something to do, and leaves a stamp behind. Only Node's own modules: nothing is installed yet when this runs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Not by `import.meta.dirname`: a Node that is too old to have it is to get as far as being told so. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST = [20, 19];
const NEWEST_MAJOR = 26;

export const say = (text) => process.stderr.write(`fairlead: ${text}\n`);

/** Runs a program in the project's root; a failure ends the whole command with the program's own words on screen. */
export function run(what, command, args, options = {}) {
  const started = Date.now();
  say(`${what} …`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status === 0) return say(`${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  say(`${what} failed${error ? `: ${error.message}` : ` (exit code ${status})`}. The lines above say why.`);
  process.exit(1);
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const old = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  if (!old && major <= NEWEST_MAJOR) return;
  say(
    `Node ${OLDEST.join('.')} to ${NEWEST_MAJOR} is needed, this is ${process.versions.node}. Install one of these and try again.`,
  );
  process.exit(1);
}

const stampFile = (name) => join(root, 'node_modules', '.fairlead', name);
const readStamp = (name) => (existsSync(stampFile(name)) ? readFileSync(stampFile(name), 'utf8') : '');
function writeStamp(name, value) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), value);
}

const hash = (text) => createHash('sha256').update(text).digest('hex');

export function installDependencies() {
  const wanted = hash(readFileSync(join(root, 'package-lock.json')));
  if (readStamp('dependencies') === wanted) return;
  run('Installing dependencies from the npm registry (about a minute)', npm, ['ci', '--no-audit', '--no-fund'], {
    shell: process.platform === 'win32',
  });
  writeStamp('dependencies', wanted);
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const SKIPPED = new Set(['node_modules', 'dist', 'generated', '.nx', 'coverage']);

/** Path, size and time of every file below the folders: cheap, and different whenever somebody edited something. */
function fingerprint(folders) {
  const lines = [];
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) visit(path);
      } else if (/\.(ts|json|prisma|proto|sql|toml|mjs)$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(path);
        lines.push(`${path} ${size} ${mtimeMs}`);
      }
    }
  };
  folders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .forEach(visit);
  return hash(lines.sort().join('\n') + process.versions.node);
}

const built = () =>
  ['apps/cli', 'apps/agent', 'apps/controller'].every((app) => existsSync(join(root, app, 'dist/main.js')));

export async function generateAndBuild() {
  const sources = fingerprint(['apps', 'libs', 'proto', 'prisma', 'test', 'tools']);
  if (readStamp('build') === sources && built()) return;
  const { generatePrismaClient } = await import('./generate-prisma.mjs');
  say('Generating the database client …');
  await generatePrismaClient();
  run(
    'Building',
    process.execPath,
    [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--output-style=static'],
    {
      env: { ...process.env, FORCE_COLOR: '0', NX_TUI: 'false' },
    },
  );
  writeStamp('build', fingerprint(['apps', 'libs', 'proto', 'prisma', 'test', 'tools']));
}

export async function setUp() {
  checkNode();
  installDependencies();
  await generateAndBuild();
}
