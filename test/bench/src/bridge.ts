import { type NetworkSpec } from '@fairlead/domain';

/** A plain bridge network, as both ways are asked for it. */
export const bridge = (name: string): NetworkSpec => ({
  name,
  driver: 'bridge',
  scope: '',
  internal: false,
  attachable: false,
  ingress: false,
  ipv4: undefined,
  ipv6: undefined,
  configOnly: false,
  configFrom: '',
  ipamDriver: 'default',
  ipamOptions: {},
  subnets: [],
  options: {},
  labels: {},
});
