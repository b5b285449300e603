import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerEndpointLs } from './ls.js';

export function registerEndpoint(program: Command, cli: Cli): void {
  const endpoint = program.command('endpoint').description('Who is on which network: containers, running or stopped');
  registerEndpointLs(endpoint, cli);
}
