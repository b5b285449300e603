import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerHostAdd } from './add.js';
import { registerJoinToken } from './join-token/index.js';
import { registerHostInspect } from './inspect.js';
import { registerHostLabel } from './label.js';
import { registerHostLs } from './ls.js';
import { registerHostResolve } from './resolve.js';
import { registerHostRevoke } from './revoke.js';
import { registerHostRm } from './rm.js';

export function registerHost(program: Command, cli: Cli): void {
  const host = program.command('host').description('Hosts: machines with one engine and one agent each');
  registerHostLs(host, cli);
  registerHostInspect(host, cli);
  registerHostLabel(host, cli);
  registerHostRm(host, cli);
  registerHostRevoke(host, cli);
  registerHostResolve(host, cli);
  registerHostAdd(host, cli);
  registerJoinToken(host, cli);
}
