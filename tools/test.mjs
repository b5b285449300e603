/**
 * `npm test`: sets up what is missing and runs every check there is: format, lint with module boundaries, types, unit
 * and contract tests, then the suites that need real engines, one after the other. Arguments go to Jest.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run, say, setUp } from './steps.mjs';

const bin = (path) => join(root, 'node_modules', path);
const nx = (...args) => [bin('nx/dist/bin/nx.js'), ...args, '--output-style=static'];
const plain = { env: { ...process.env, FORCE_COLOR: '0', NX_TUI: 'false' } };
const selected = process.argv.slice(2);

await setUp();
if (selected.length === 0) {
  run('Checking the format', process.execPath, [bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']);
  run(
    'Checking lint rules, module boundaries and types',
    process.execPath,
    nx('run-many', '-t', 'lint', 'typecheck'),
    plain,
  );
}

const scratch = mkdtempSync(join(tmpdir(), 'fairlead-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
const jest = (what, ...args) => {
  const report = join(scratch, `${what}.json`);
  say(`Running the ${what} tests …`);
  const options = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', bin('jest/bin/jest.js')];
  const { status } = spawnSync(
    process.execPath,
    [...options, ...args, '--json', `--outputFile=${report}`, ...selected],
    { cwd: root, stdio: ['inherit', 'ignore', 'inherit'] },
  );
  const result = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed += result.numPassedTests;
  counts.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  counts.skipped += result.numPendingTests + result.numTodoTests;
  if (selected.length === 0) result.testResults.forEach(nameSkipped);
  return status === 0;
};
const nameSkipped = ({ assertionResults }) => {
  const titles = assertionResults
    .filter(({ status }) => status === 'pending')
    .map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title);
  for (const title of new Set(titles)) say(`not run: ${title}`);
};

// Suites that start engines share the machine's two cores badly: they run alone and one by one.
const engines = ['lab', 'e2e'];
const others = ['domain', 'engine', 'link', 'api', 'agent', 'controller', 'cli', 'contract-tests'];
const passNone = selected.length > 0 ? ['--passWithNoTests'] : [];
const fine = [
  jest('unit and contract', '--selectProjects', ...others, ...passNone),
  jest('real engine', '--runInBand', '--selectProjects', ...engines, ...passNone),
];
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exit(fine.every(Boolean) && counts.failed === 0 ? 0 : 1);
