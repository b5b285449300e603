// Generated from proto/fairlead/link/v1/enrolment.proto

export interface ChallengeRequest {}

export interface ChallengeRequest__Output {}
