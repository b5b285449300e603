import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerConnect } from './connect.js';
import { registerCreate } from './create.js';
import { registerDisconnect } from './disconnect.js';
import { registerHistory } from './history.js';
import { registerInspect } from './inspect.js';
import { registerLs } from './ls.js';
import { registerProbe } from './probe.js';
import { registerPrune } from './prune.js';
import { registerRestore } from './restore.js';
import { registerRm } from './rm.js';

export function registerNetwork(program: Command, cli: Cli): void {
  const network = program
    .command('network')
    .description('Docker networks of the fleet, with names and flags as in `docker network`')
    .addHelpText('after', '\nA network is named HOST/NETWORK, or NETWORK where only one host has it.');
  registerLs(network, cli);
  registerInspect(network, cli);
  registerCreate(network, cli);
  registerConnect(network, cli);
  registerDisconnect(network, cli);
  registerRm(network, cli);
  registerPrune(network, cli);
  registerProbe(network, cli);
  registerHistory(network, cli);
  registerRestore(network, cli);
}
