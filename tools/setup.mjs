/** `npm run setup`: what `npm start` and `npm test` do before they start. */
import { say, setUp } from './steps.mjs';

await setUp();
say('Everything is set up. Try: npx fairlead up');
