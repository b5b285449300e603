// Generated from proto/fairlead/link/v1/enrolment.proto

export interface EnrolledMessage {
  clusterId?: string;
  agentId?: string;
  hostName?: string;
  /**
   * PEM: the certificate and its root.
   */
  certificateChain?: string;
  /**
   * PEM: all roots to trust.
   */
  roots?: string;
}

export interface EnrolledMessage__Output {
  clusterId: string;
  agentId: string;
  hostName: string;
  /**
   * PEM: the certificate and its root.
   */
  certificateChain: string;
  /**
   * PEM: all roots to trust.
   */
  roots: string;
}
