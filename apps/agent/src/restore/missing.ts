import type { EngineFacts, Network } from '@fairlead/domain';
import { configurationOf, needsConfiguration } from './configuration.js';
import type { Conflict } from './conflicts.js';
import type { Scene } from './subject.js';

/** What a network cannot be made without, and this engine has not. */
export const findMissing = (network: Network, { engine, networks }: Pick<Scene, 'engine' | 'networks'>): Conflict[] => [
  ...(needsConfiguration(network) && configurationOf(network, networks) === undefined
    ? [noConfiguration(network)]
    : []),
  ...(isOfForeignSwarm(network, engine) ? [noManager(network)] : []),
];

const isOfForeignSwarm = ({ scope }: Network, { swarm }: EngineFacts): boolean => scope === 'swarm' && !swarm.manager;

const NOBODY = { holder: '', holderId: '', renumberingHelps: false };

const noConfiguration = ({ configFrom }: Network): Conflict => ({
  ...{ kind: 'configuration', what: configFrom, ...NOBODY },
  explanation: `It was made from the configuration '${configFrom}', which is not there: restore that one first.`,
});

const noManager = ({ name }: Network): Conflict => ({
  ...{ kind: 'swarm', what: name, ...NOBODY },
  explanation: 'It is a network of a swarm, and only a manager can make it: this host is none now.',
});
