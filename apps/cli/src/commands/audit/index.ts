import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerAuditLs } from './ls.js';
import { registerAuditVerify } from './verify.js';

export function registerAudit(program: Command, cli: Cli): void {
  const audit = program.command('audit').description('Audit: every act and every refusal, in a chain');
  registerAuditLs(audit, cli);
  registerAuditVerify(audit, cli);
}
