import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerPolicyApprove } from './approve.js';
import { registerPolicyCancel } from './cancel.js';
import { registerPolicyCreate } from './create.js';
import { registerPolicyEdit } from './edit.js';
import { registerPolicyInspect } from './inspect.js';
import { registerPolicyLs } from './ls.js';
import { registerPolicyPause } from './pause.js';
import { registerPolicyPlan } from './plan.js';
import { registerPolicyRm } from './rm.js';
import { registerPolicyRun } from './run.js';
import { registerPolicyRuns } from './runs.js';
import { registerPolicyVersions } from './versions.js';

export function registerPolicy(program: Command, cli: Cli): void {
  const policy = program
    .command('policy')
    .description('Cleanup policies: unused networks that go by a schedule, previewed and reversible')
    .addHelpText(
      'after',
      '\nTo hold all destructive work: fairlead freeze. To get a network back: fairlead network restore.',
    );
  registerPolicyLs(policy, cli);
  registerPolicyInspect(policy, cli);
  registerPolicyCreate(policy, cli);
  registerPolicyEdit(policy, cli);
  registerPolicyRm(policy, cli);
  registerPolicyPlan(policy, cli);
  registerPolicyRun(policy, cli);
  registerPolicyRuns(policy, cli);
  registerPolicyApprove(policy, cli);
  registerPolicyCancel(policy, cli);
  registerPolicyPause(policy, cli);
  registerPolicyVersions(policy, cli);
}
