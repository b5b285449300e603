import { type EndpointSpec, type EngineFacts, FairleadError, type NetworkSpec } from '@fairlead/domain';

/** What an engine must know so that a flag is not silently passed over by it. */
interface Need {
  readonly flag: string;
  readonly met: (engine: EngineFacts) => boolean;
  readonly by: string;
}

/** Docker's API of 28.0, the first with IPv4 switched off and gateway priorities. */
const API_28 = [1, 48] as const;

const isSince28 = ({ apiVersion }: EngineFacts): boolean => {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number);
  return major > API_28[0] || (major === API_28[0] && minor >= API_28[1]);
};
const isNotPodman = ({ kind }: EngineFacts): boolean => kind !== 'podman';

const since28 = (flag: string): Need => ({ flag, met: isSince28, by: 'Docker Engine 28.0 and newer know it' });
const dockerOnly = (flag: string): Need => ({ flag, met: isNotPodman, by: 'only Docker Engine knows it' });

/** Flags that some engine would ignore without a word. */
export function needsOfNetwork(spec: NetworkSpec): Need[] {
  return [
    ...(spec.ipv4 === false ? [since28('--ipv4=false')] : []),
    ...(spec.configOnly ? [dockerOnly('--config-only')] : []),
    ...(spec.configFrom !== '' ? [dockerOnly('--config-from')] : []),
    ...(spec.ingress ? [dockerOnly('--ingress')] : []),
    ...(spec.scope === 'swarm' || spec.scope === 'global' ? [dockerOnly('--scope')] : []),
  ];
}

export function needsOfEndpoint(spec: EndpointSpec): Need[] {
  return spec.gatewayPriority === undefined ? [] : [since28('--gw-priority')];
}

/** @throws FairleadError `unsupported`, naming the flag and the engine's version */
export async function requireSupport(needs: readonly Need[], describe: () => Promise<EngineFacts>): Promise<void> {
  if (needs.length === 0) return;
  const engine = await describe();
  const missing = needs.find((need) => !need.met(engine));
  if (missing === undefined) return;
  throw new FairleadError(
    'unsupported',
    `${missing.flag} is unknown to this engine (${engine.kind} ${engine.version}, API ${engine.apiVersion})`,
    { hint: `Leave the flag out: ${missing.by}.` },
  );
}
