import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerHostInspect } from './inspect.js';
import { registerHostLabel } from './label.js';
import { registerHostLs } from './ls.js';
import { registerHostRm } from './rm.js';

export function registerHost(program: Command, cli: Cli): void {
  const host = program.command('host').description('Hosts: machines with one engine and one agent each');
  registerHostLs(host, cli);
  registerHostInspect(host, cli);
  registerHostLabel(host, cli);
  registerHostRm(host, cli);
}
