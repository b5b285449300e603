import { policySpec, type PolicySpecView, runItemQuery, type RunItemView, type RunView } from '@fairlead/api';
import { ACTOR, Rig, type RigOptions, until } from './rig.js';
import { type ScriptedAgent } from './scripted-agent.js';

/** A policy that means every unused network, at once, and hardly has caps. */
export const aSpec = (spec: object = {}): PolicySpecView =>
  policySpec.parse({
    matchAll: true,
    unusedFor: '0s',
    minAge: '0s',
    caps: { networks: 10_000, hostPercent: 100, fleetPercent: 100 },
    ...spec,
  });

/** A rig with policies at work, and with short looks. */
export class RunsRig {
  private constructor(
    readonly rig: Rig,
    /** The clock that does not jump, which is ahead by that. */
    private readonly monotonic: { aheadMs: number },
  ) {}

  static async start(options: RigOptions = {}): Promise<RunsRig> {
    const clock = { aheadMs: 0 };
    const runtime = { tickMs: 10, monotonic: () => performance.now() + clock.aheadMs, ...options.runtime };
    return new RunsRig(await Rig.start({ ...options, runtime }), clock);
  }

  async restart(ms = 0): Promise<RunsRig> {
    return new RunsRig(await this.rig.restart(ms), this.monotonic);
  }

  /** Time goes by, on both clocks. */
  pass(ms: number): void {
    this.rig.time += ms;
    this.monotonic.aheadMs += ms;
  }

  get runs() {
    return this.rig.runtime.runs.service;
  }

  /** A policy begins with `report`: the mode comes with a second version. */
  async policy(spec: object = {}, name = 'nightly'): Promise<string> {
    const { policies } = this.rig.runtime;
    const wanted = aSpec(spec);
    const { id } = await policies.create({ name, spec: { ...wanted, mode: 'report' } }, ACTOR);
    if (wanted.mode !== 'report') await policies.update(name, { spec: wanted }, ACTOR);
    return id;
  }

  async planHash(name = 'nightly'): Promise<string> {
    const policy = await this.rig.runtime.policies.get(name);
    return (await this.rig.runtime.planner.plan(policy)).hash;
  }

  /** Carries the present plan out. */
  async apply(name = 'nightly'): Promise<RunView> {
    return this.runs.start(name, { mode: 'apply', planHash: await this.planHash(name) }, ACTOR);
  }

  /** Resolves with the run once it is in that state. */
  async in(state: RunView['state'], id: string): Promise<RunView> {
    await until(`run ${id} is ${state}`, async () => (await this.runs.show(id)).state === state);
    return this.runs.show(id);
  }

  finished(id: string): Promise<RunView> {
    return this.in('finished', id);
  }

  /** Resolves with the oldest run once there is one. */
  async first(): Promise<RunView> {
    await until('there is a run', async () => (await this.all()).length > 0);
    return (await this.all())[0]!;
  }

  /** The first run of a new policy's schedule, once it waits for its approval. @param agent of the only host */
  async awaiting(agent: ScriptedAgent, spec: object, dueInMs: number): Promise<RunView> {
    await this.policy(spec);
    this.pass(dueInMs);
    await agent.bookmark();
    return this.in('awaiting-approval', (await this.first()).id);
  }

  async items(id: string): Promise<readonly RunItemView[]> {
    return (await this.runs.items(id, runItemQuery.parse({ limit: 500 }))).items;
  }

  /** Of each network, by name. */
  async outcomes(id: string): Promise<Record<string, string | null>> {
    return Object.fromEntries((await this.items(id)).map(({ network, outcome }) => [network.name, outcome]));
  }

  /** All runs, oldest first. */
  async all(): Promise<RunView[]> {
    const query = { policy: [], state: [], outcome: [], limit: 500 };
    return [...(await this.runs.list(query)).items].reverse();
  }

  operations() {
    return this.rig.database.prisma.operation.findMany({ orderBy: { id: 'asc' } });
  }

  async audited(): Promise<string[]> {
    const rows = await this.rig.database.prisma.auditEntry.findMany({ orderBy: { seq: 'asc' } });
    return rows.map(({ action }) => action).filter((action) => /^(run|freeze|scheduler)\./.test(action));
  }
}
