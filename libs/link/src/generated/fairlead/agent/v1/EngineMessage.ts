// Generated from proto/fairlead/agent/v1/host.proto

export interface EngineMessage {
  /**
   * docker, podman or simulated.
   */
  kind?: string;
  version?: string;
  apiVersion?: string;
  /**
   * True for the simulated engine. Whoever shows the host shows this.
   */
  simulated?: boolean;
  /**
   * Empty outside a swarm.
   */
  swarmNodeId?: string;
  swarmClusterId?: string;
  swarmManager?: boolean;
}

export interface EngineMessage__Output {
  /**
   * docker, podman or simulated.
   */
  kind: string;
  version: string;
  apiVersion: string;
  /**
   * True for the simulated engine. Whoever shows the host shows this.
   */
  simulated: boolean;
  /**
   * Empty outside a swarm.
   */
  swarmNodeId: string;
  swarmClusterId: string;
  swarmManager: boolean;
}
