/**
 * What engines answer, as far as it is read here. Everything may be absent or null: engines differ, and 20.10 gives
 * `null` where 28.5 gives `{}`.
 */
type Maybe<T> = T | null | undefined;

export interface RawSubnet {
  readonly Subnet?: Maybe<string>;
  readonly IPRange?: Maybe<string>;
  readonly Gateway?: Maybe<string>;
  readonly AuxiliaryAddresses?: Maybe<Readonly<Record<string, string>>>;
}

export interface RawNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Created?: Maybe<string>;
  readonly Scope?: Maybe<string>;
  readonly Driver?: Maybe<string>;
  /** Since Docker 28.0; Podman 5.8 always says false. */
  readonly EnableIPv4?: Maybe<boolean>;
  readonly EnableIPv6?: Maybe<boolean>;
  readonly IPAM?: Maybe<{
    readonly Driver?: Maybe<string>;
    readonly Options?: Maybe<Readonly<Record<string, string>>>;
    readonly Config?: Maybe<readonly RawSubnet[]>;
  }>;
  readonly Internal?: Maybe<boolean>;
  readonly Attachable?: Maybe<boolean>;
  readonly Ingress?: Maybe<boolean>;
  readonly ConfigFrom?: Maybe<{ readonly Network?: Maybe<string> }>;
  readonly ConfigOnly?: Maybe<boolean>;
  readonly Options?: Maybe<Readonly<Record<string, string>>>;
  readonly Labels?: Maybe<Readonly<Record<string, string>>>;
}

export interface RawEndpoint {
  readonly NetworkID?: Maybe<string>;
  readonly EndpointID?: Maybe<string>;
  readonly IPAddress?: Maybe<string>;
  readonly GlobalIPv6Address?: Maybe<string>;
  readonly MacAddress?: Maybe<string>;
  readonly Aliases?: Maybe<readonly string[]>;
  /** As asked for, unlike the addresses above. */
  readonly IPAMConfig?: Maybe<{
    readonly IPv4Address?: Maybe<string>;
    readonly IPv6Address?: Maybe<string>;
    readonly LinkLocalIPs?: Maybe<readonly string[]>;
  }>;
  readonly Links?: Maybe<readonly string[]>;
  readonly DriverOpts?: Maybe<Readonly<Record<string, string>>>;
  /** Since Docker 28.0; 0 where none was asked for. */
  readonly GwPriority?: Maybe<number>;
}

interface RawNetworkSettings {
  readonly Networks?: Maybe<Readonly<Record<string, Maybe<RawEndpoint>>>>;
}

interface RawHostConfig {
  readonly NetworkMode?: Maybe<string>;
}

/** One line of `GET /containers/json`. */
export interface RawContainerLine {
  readonly Id: string;
  readonly Names?: Maybe<readonly string[]>;
  readonly State?: Maybe<string>;
  readonly Labels?: Maybe<Readonly<Record<string, string>>>;
  readonly HostConfig?: Maybe<RawHostConfig>;
  readonly NetworkSettings?: Maybe<RawNetworkSettings>;
}

/** `GET /containers/{id}/json`. */
export interface RawContainer {
  readonly Id: string;
  readonly Name?: Maybe<string>;
  readonly State?: Maybe<{ readonly Status?: Maybe<string>; readonly Pid?: Maybe<number> }>;
  readonly Config?: Maybe<{
    readonly Labels?: Maybe<Readonly<Record<string, string>>>;
    /** Asked for on the network of `NetworkMode`. */
    readonly MacAddress?: Maybe<string>;
  }>;
  readonly HostConfig?: Maybe<RawHostConfig>;
  readonly NetworkSettings?: Maybe<RawNetworkSettings>;
}

export interface RawVersion {
  readonly Version?: Maybe<string>;
  readonly ApiVersion?: Maybe<string>;
  readonly Components?: Maybe<readonly { readonly Name?: Maybe<string> }[]>;
}

export interface RawInfo {
  /** RFC 3339 with nanoseconds. */
  readonly SystemTime?: Maybe<string>;
  readonly Swarm?: Maybe<{
    readonly NodeID?: Maybe<string>;
    readonly ControlAvailable?: Maybe<boolean>;
    readonly Cluster?: Maybe<{ readonly ID?: Maybe<string> }>;
  }>;
}

export interface RawEvent {
  readonly Type?: Maybe<string>;
  readonly Action?: Maybe<string>;
  readonly Actor?: Maybe<{
    readonly ID?: Maybe<string>;
    readonly Attributes?: Maybe<Readonly<Record<string, string>>>;
  }>;
}

/** The id of the network that Podman makes itself, on every host: sha256 of its name, `podman`. */
export const PODMANS_BRIDGE = '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9';
