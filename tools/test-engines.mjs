/**
 * `npm run test:engines [-- 28.5 podman]`: the engine conformance suite, the walkthrough and the suites of restores,
 * policies and prunes against engines of other versions than the one that is installed, each unpacked from a Debian
 * mirror (docs/compatibility.md). On demand: no part of `npm test`. Needs what the lab needs, and a mirror the first time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, say, setUp } from './steps.mjs';

const suites = {
  conformance: 'engine-conformance',
  walkthrough: 'walkthrough',
  restore: 'restore',
  policies: 'policies',
  prune: 'prune-safety',
};
const names = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknownFlags = process.argv.slice(2).filter((name) => name.startsWith('-'));

await setUp();
const { Lab, labAvailability, unpackEngine, variantNames } = await import('../test/lab/dist/index.js');
const unknown = names.filter((name) => !variantNames.includes(name));
if (unknown.length > 0 || unknownFlags.length > 0) {
  say(
    `there is no ${[...unknown, ...unknownFlags].join(', ')}. Give any of ${variantNames.join(', ')}, or nothing for all.`,
  );
  process.exit(2);
}
const availability = labAvailability();
if (!availability.available) {
  say(`engines cannot be tried: ${availability.reason}`);
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), 'fairlead-engines-'));
const rows = [];
for (const name of names.length > 0 ? names : variantNames) rows.push(await tryOut(name));
rmSync(scratch, { recursive: true, force: true });

const titles = ['engine', 'version', 'API', ...Object.keys(suites)];
process.stdout.write(`\n| ${titles.join(' | ')} |\n|${' --- |'.repeat(titles.length)}\n`);
for (const { cells } of rows) process.stdout.write(`| ${cells.join(' | ')} |\n`);
for (const { name, notes } of rows) for (const note of notes) process.stdout.write(`\n${name}: ${note}`);
process.stdout.write('\n');
process.exit(rows.every(({ fine }) => fine) ? 0 : 1);

async function tryOut(name) {
  try {
    say(`Unpacking the engine ${name}, if it is not there yet …`);
    const { version, api } = await askForVersion(await unpackEngine(name));
    const results = Object.entries(suites).map(([suite, file]) => runSuite(name, suite, file));
    const cells = [name, version, api, ...results.map(({ cell }) => cell)];
    return { name, cells, notes: results.flatMap(({ notes }) => notes), fine: results.every(({ fine }) => fine) };
  } catch (error) {
    const cells = [name, '?', '?', ...Object.keys(suites).map(() => 'not run')];
    return { name, cells, notes: [error instanceof Error ? error.message : String(error)], fine: false };
  }
}

async function askForVersion(engine) {
  const lab = await Lab.start({ hosts: 1, iptables: false, engine });
  try {
    const answer = await lab.hosts[0].docker('version', '--format', '{{.Server.Version}} {{.Server.APIVersion}}');
    const [version, api] = answer.split(' ');
    return { version, api };
  } finally {
    await lab.stop();
  }
}

function runSuite(name, suite, file) {
  say(`Running the ${suite} suite on ${name} …`);
  const report = join(scratch, `${name}-${suite}.json`);
  const jest = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const choice = ['--selectProjects', 'e2e', '--runInBand', '--testPathPatterns', `e2e/src/${file}\\.test`];
  const env = { ...process.env, LAB_TEST_ENGINE: name, REQUIRE_LAB: '1' };
  spawnSync(process.execPath, [...jest, ...choice, '--json', `--outputFile=${report}`], {
    cwd: root,
    env,
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const { success, numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
  const cell = Object.entries(counts)
    .filter(([what, count]) => count > 0 || what === 'passed')
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
  return { cell, fine: success, notes: notesOn(suite, testResults) };
}

/** What did not pass, and in its own words why. */
function notesOn(suite, testResults) {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const broken = testResults.filter(({ assertionResults, message }) => assertionResults.length === 0 && message);
  return [
    ...broken.map(({ message }) => `${suite} did not run: ${message.trim()}`),
    ...tests
      .filter(({ status }) => status === 'failed' || status === 'pending')
      .map(({ status, fullName, failureMessages = [] }) => {
        const why = failureMessages[0]?.split('\n    at ')[0] ?? '';
        return `${suite} ${status === 'failed' ? 'failed' : 'skipped'}: ${fullName}${why === '' ? '' : `\n  ${why}`}`;
      }),
  ];
}
