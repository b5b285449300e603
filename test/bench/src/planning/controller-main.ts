/** A controller of its own process over a standing fleet: `controller-main.js FOLDER`. Says port and token on its channel. */
import { serveFleet } from '@fairlead/controller/standing-fleet';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('a data folder is needed');
const { port, token, stop } = await serveFleet(folder);
process.once('disconnect', () => void stop());
process.send?.({ port, token });
