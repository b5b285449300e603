export { labAvailability, type LabAvailability } from './availability.js';
export { cleanUp } from './cleanup.js';
export { LabError } from './command.js';
export { LabHost } from './host.js';
export { images, type LabImage } from './image.js';
export { Lab, type LabOptions } from './lab.js';
export { unpackEngine } from './roots.js';
export { type UnpackedEngine, variantNames } from './variants.js';
