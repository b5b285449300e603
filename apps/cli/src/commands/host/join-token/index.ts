import type { Command } from 'commander';
import type { Cli } from '../../../cli.js';
import { registerJoinTokenCreate } from './create.js';
import { registerJoinTokenLs } from './ls.js';
import { registerJoinTokenRm } from './rm.js';

export function registerJoinToken(host: Command, cli: Cli): void {
  const joinToken = host.command('join-token').description('Join tokens: what lets a host join the fleet');
  registerJoinTokenCreate(joinToken, cli);
  registerJoinTokenLs(joinToken, cli);
  registerJoinTokenRm(joinToken, cli);
}
