import preset from '../../jest.preset.mjs';

// No test asserts how long something takes; a machine with much to do must not fail one.
export default { ...preset, displayName: 'controller', testTimeout: 60_000 };
