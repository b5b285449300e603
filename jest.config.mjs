/**
 * All projects in one run, as `npm test` does it; a single project runs with its own jest.config.mjs. Two workers,
 * since Jest would take one on two cores; they are renewed, since native ESM gives no memory back between files.
 */
export default {
  maxWorkers: 2,
  workerIdleMemoryLimit: '768MB',
  // Jest 30 reads this from the root alone. No test asserts how long something takes; a busy machine must fail none.
  testTimeout: 60_000,
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*', '<rootDir>/test/{lab,contract,e2e}'],
};
