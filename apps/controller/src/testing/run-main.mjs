/** Runs the controller as `fairlead controller` does. */
import { main } from '../main.js';

process.exitCode = await main(process.argv.slice(2));
if (process.connected) process.disconnect();
