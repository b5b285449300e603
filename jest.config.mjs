import preset from './jest.preset.mjs';

/** All projects in one run, as `npm test` does it; a single project runs with its own jest.config.mjs. */
export default {
  maxWorkers: preset.maxWorkers,
  workerIdleMemoryLimit: preset.workerIdleMemoryLimit,
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*', '<rootDir>/test/{lab,contract,e2e}'],
};
