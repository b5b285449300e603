import {
  describePolicy,
  FairleadError,
  type HostPolicy,
  type PolicyAct,
  type PolicyRefusal,
  refusal,
} from '@fairlead/domain';
import type { Log } from '../log.js';
import type { PolicySource, PolicyState } from './policy-source.js';

/** The policy in short, as the controller is told it. */
export interface PolicySummary {
  /** Empty: there is no file, nothing is refused. */
  readonly mode: '' | HostPolicy['mode'];
  readonly rules: string[];
}

/** Asks the host's own policy before anything is done to the engine. */
export interface PolicyGuard {
  /**
   * To be asked before each act, with as much as is known of it: once before the engine is asked anything, and once
   * more when the network was read.
   * @throws FairleadError `policy_refused`, naming the rule and the file
   */
  check(act: PolicyAct): Promise<void>;
  /** What `check` would throw. */
  refusalOf(act: PolicyAct): Promise<FairleadError | undefined>;
  /**
   * Checks a removal and journals it with no other one in between, so that no more are begun than the policy allows.
   * @throws FairleadError `policy_refused`, and what `journal` throws
   */
  admit(act: PolicyAct, journal: () => Promise<void>): Promise<void>;
  summary(): Promise<PolicySummary>;
}

/** The policy of a host without a file. */
export const noPolicy: PolicyGuard = {
  check: () => Promise.resolve(),
  refusalOf: () => Promise.resolve(undefined),
  admit: (_, journal) => journal(),
  summary: () => Promise.resolve({ mode: '', rules: [] }),
};

export interface GuardParts {
  readonly source: Pick<PolicySource, 'path' | 'look'>;
  /** Removals that were begun within it. */
  readonly removalsOfLastHour: () => number;
  readonly log: Log;
  /** The file says something else than before. */
  readonly changed?: () => void;
}

/**
 * The guard over a policy file: each question looks whether the file has changed.
 *
 * Invariant: one removal at a time is between its check and the disk, where `removalsOfLastHour` counts it.
 */
export class HostPolicyGuard implements PolicyGuard {
  private seen: PolicyState | undefined;
  private admitting: Promise<void> = Promise.resolve();

  constructor(private readonly parts: GuardParts) {}

  async check(act: PolicyAct): Promise<void> {
    const refused = await this.refusalOf(act);
    if (refused !== undefined) throw refused;
  }

  async refusalOf(act: PolicyAct): Promise<FairleadError | undefined> {
    const refused = this.judge(await this.look(), act);
    if (refused === undefined) return undefined;
    const { path } = this.parts.source;
    this.parts.log.warn('The host policy refused an act', {
      verb: act.verb,
      rule: refused.rule,
      network: act.network?.name,
    });
    return new FairleadError('policy_refused', `Host policy ${path}, rule '${refused.rule}': ${refused.sentence}`, {
      hint: `Only the owner of the host can change that, in ${path} on the host itself.`,
    });
  }

  async admit(act: PolicyAct, journal: () => Promise<void>): Promise<void> {
    const admitted = this.admitting.then(async () => {
      await this.check(act);
      await journal();
    });
    this.admitting = admitted.catch(() => undefined);
    return admitted;
  }

  async summary(): Promise<PolicySummary> {
    const state = await this.look();
    if (state.kind === 'none') return { mode: '', rules: [] };
    if (state.kind === 'policy') return { mode: state.policy.mode, rules: describePolicy(state.policy) };
    const { path } = this.parts.source;
    return {
      mode: 'read-only',
      rules: [`All but looks is refused: the policy ${path} cannot be used: ${state.reason}.`],
    };
  }

  private judge(state: PolicyState, act: PolicyAct): PolicyRefusal | undefined {
    if (state.kind === 'none') return undefined;
    if (state.kind === 'unusable') {
      const sentence = `the file cannot be used, so that all but looks is refused: ${state.reason}`;
      return { rule: 'a file that can be trusted', sentence };
    }
    // An act that is counted already says so itself.
    return refusal(state.policy, { removals: this.parts.removalsOfLastHour(), ...act });
  }

  private async look(): Promise<PolicyState> {
    const state = await this.parts.source.look();
    if (JSON.stringify(state) !== JSON.stringify(this.seen)) this.note(state);
    return state;
  }

  private note(state: PolicyState): void {
    const isFirst = this.seen === undefined;
    this.seen = state;
    const { log, source, changed } = this.parts;
    if (state.kind === 'policy')
      log.info('The host policy is in force', { file: source.path, rules: describePolicy(state.policy) });
    else if (state.kind === 'unusable') {
      log.warn('The host policy cannot be used; all but looks is refused', { file: source.path, reason: state.reason });
    }
    if (!isFirst) changed?.();
  }
}
