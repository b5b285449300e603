/** Sets up what is missing and runs a built program of this repository in this process: run.mjs PROGRAM [ARGUMENTS]. */
import { join } from 'node:path';
import { root, setUp } from './steps.mjs';

const [program] = process.argv.splice(2, 1);
await setUp();
process.argv[1] = join(root, program);
await import(process.argv[1]);
