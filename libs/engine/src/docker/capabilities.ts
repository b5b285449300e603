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

/** What engines do differently where nobody can even it out. Measured; docs/compatibility.md has the table. */
export interface EngineCapabilities {
  /** Names of the networks that the engine makes itself. */
  readonly predefined: readonly string[];
  /** Networks may be called anything, `a/b` too; else letters, digits, `_`, `.` and `-` only, and like no id. */
  readonly anyName: boolean;
  /** Swarm and its overlays, configurations, auxiliary addresses, options for address managers. */
  readonly swarm: boolean;
  readonly configurations: boolean;
  readonly addressDetails: boolean;
  /** How many networks get a subnet by themselves; undefined where no end was reached (Podman 5.8: 400 and more). */
  readonly defaultSubnets: number | undefined;
  /** Containers refer to a network by its id, not by its name: a new one of the same name is another to them. */
  readonly attachesById: boolean;
  /** A network whose containers are all stopped can be removed, and then they cannot start. */
  readonly forgetsStopped: boolean;
  /** It tells which addresses, links and options were asked for an endpoint. */
  readonly tellsConfigured: boolean;
  /** An endpoint gets the MAC address that it is connected with. */
  readonly takesMac: boolean;
  /** Endpoints have ids, and events about them name the network. */
  readonly endpointIds: boolean;
  /** Starting and stopping a container tells of its networks; connecting a stopped one does not. */
  readonly attachmentEvents: boolean;
  /** The default bridge has another id after every start. */
  readonly rebornBridge: boolean;
}

const DOCKER: EngineCapabilities = {
  predefined: ['bridge', 'host', 'none'],
  anyName: true,
  swarm: true,
  configurations: true,
  addressDetails: true,
  defaultSubnets: 30,
  attachesById: true,
  forgetsStopped: true,
  tellsConfigured: true,
  takesMac: false,
  endpointIds: true,
  attachmentEvents: true,
  rebornBridge: true,
};

const PODMAN: EngineCapabilities = {
  predefined: ['bridge'],
  anyName: false,
  swarm: false,
  configurations: false,
  addressDetails: false,
  defaultSubnets: undefined,
  attachesById: false,
  forgetsStopped: false,
  tellsConfigured: false,
  takesMac: true,
  endpointIds: false,
  attachmentEvents: false,
  rebornBridge: false,
};

/** The simulated engine does as Docker does. */
export const capabilitiesOf = ({ kind }: Pick<EngineFacts, 'kind'>): EngineCapabilities =>
  kind === 'podman' ? PODMAN : DOCKER;

/** Flags that some engine would ignore without a word. */
export function needsOfNetwork(spec: NetworkSpec): Need[] {
  return [
    ...(spec.ipv4 === false ? [since28('--ipv4=false')] : []),
    ...(spec.configOnly ? [dockerOnly('--config-only')] : []),
    ...(spec.configFrom !== '' ? [dockerOnly('--config-from')] : []),
    ...(spec.ingress ? [dockerOnly('--ingress')] : []),
    ...(spec.driver === 'overlay' ? [dockerOnly('--driver overlay')] : []),
    ...(spec.subnets.some(({ auxAddresses }) => Object.keys(auxAddresses).length > 0)
      ? [dockerOnly('--aux-address')]
      : []),
    ...(Object.keys(spec.ipamOptions).length > 0 ? [dockerOnly('--ipam-opt')] : []),
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
