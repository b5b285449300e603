/**
 * All projects in one run, as `npm test` does it; a single project runs with its own jest.config.mjs. Two workers,
 * since Jest would take one on two cores; they are renewed, since native ESM gives no memory back between files.
 */
export default {
  maxWorkers: 2,
  workerIdleMemoryLimit: '768MB',
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*', '<rootDir>/test/{lab,contract,e2e}'],
};
