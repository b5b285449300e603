/** `npm start`: sets up what is missing, then runs `fairlead up` with the given arguments. */
import { join } from 'node:path';
import { root, setUp } from './steps.mjs';

await setUp();
process.argv.splice(1, 1, join(root, 'apps/cli/bin/fairlead.js'), 'up');
await import(process.argv[1]);
