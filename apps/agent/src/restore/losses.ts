import { type EngineFacts, type Network, type NetworkAttributes, restorabilityOf } from '@fairlead/domain';
import { configurationLosses } from './configuration.js';
import { hasEntriesLeftOut } from './left-out.js';
import { hasStatic, type Reattachment } from './reattachments.js';
import type { RestoreOptions, RestoreSubject } from './subject.js';

interface Facts extends RestoreOptions {
  readonly subject: RestoreSubject;
  readonly reattachments: readonly Reattachment[];
  /** Ids of all containers of the host. */
  readonly containers: ReadonlySet<string>;
  readonly engine: EngineFacts;
  /** What it is made from, where that is there. */
  readonly configuration: NetworkAttributes | undefined;
}

/** What cannot come back, a sentence each. */
export function findLosses(facts: Facts): string[] {
  const { network } = facts.subject;
  return [
    'It gets a new id and a new time of creation.',
    ...restorabilityOf(network).losses.map(asSentence),
    ...ofRecord(facts.subject),
    ...configurationLosses(network, facts.configuration),
    ...ofAddresses(facts),
    ...ofOverlays(facts),
    ...ofMacs(facts),
    ...ofContainers(facts),
  ];
}

const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const listed = (names: readonly string[]): string => [...new Set(names)].sort().join(', ');

function ofRecord({ network, source }: RestoreSubject): string[] {
  const left = hasEntriesLeftOut(network) ? ['Some of its options or reserved addresses are not known.'] : [];
  if (network.driver === 'overlay') left.push('Services of the swarm that name its old id have to be updated.');
  if (source !== 'controller') return left;
  return [
    ...left,
    'It is made from what the controller saw last: containers that were taken off it by force are not known.',
  ];
}

function ofAddresses({ subject, reattachments, renumber, engine }: Facts): string[] {
  if (renumber)
    return ['Its address ranges are chosen anew, and static addresses are given up.', ...fixedRules(subject)];
  const dynamic = reattachments.filter(({ endpoint }) => !hasStatic(endpoint)).map((each) => each.containerName);
  if (dynamic.length === 0) return [];
  // Its API tells of no address whether it was asked for.
  const which = engine.kind === 'podman' ? 'Addresses' : 'Dynamic addresses';
  return [`${which} may be others than before: ${listed(dynamic)}.`];
}

/**
 * While a container runs on an overlay, the engine tells the address that the swarm gave it like one that was asked for
 * (seen on Docker 20.10, 26.1 and 28.5); once it is stopped, no longer.
 */
function ofOverlays({ subject: { network, attachments }, renumber }: Facts): string[] {
  const fixed =
    network.driver === 'overlay' && !renumber ? attachments.filter(({ endpoint }) => hasStatic(endpoint)) : [];
  if (fixed.length === 0) return [];
  const names = listed(fixed.map((each) => each.containerName));
  return [`Addresses come back as static ones, also where the swarm has chosen them: ${names}.`];
}

const fixedRules = ({ network }: RestoreSubject): string[] =>
  network.subnets.length === 0 ? [] : [`What names ${rangesOf(network)}, such as firewall rules, no longer fits.`];

const rangesOf = ({ subnets }: Network): string => listed(subnets.map(({ cidr }) => cidr));

/** Docker's API of 25.0, since which a MAC address belongs to the endpoint and goes with it. */
const MACS_OF_ENDPOINTS = [1, 44] as const;

/** Seen on 26.1 and 28.5. Before, the container kept it; Podman gives the one that is connected with. */
function ofMacs({ reattachments, engine: { kind, apiVersion } }: Facts): string[] {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number);
  const isKept = major < MACS_OF_ENDPOINTS[0] || (major === MACS_OF_ENDPOINTS[0] && minor < MACS_OF_ENDPOINTS[1]);
  const fixed = reattachments.filter(({ endpoint }) => endpoint.mac !== '');
  if (kind === 'podman' || isKept || fixed.length === 0) return [];
  const which = listed(fixed.map(({ containerName, endpoint }) => `${containerName} (${endpoint.mac})`));
  return [`This engine gives a container that is attached again another MAC address: ${which}.`];
}

function ofContainers({ subject, containers }: Facts): string[] {
  const gone = subject.attachments.filter(({ containerId }) => !containers.has(containerId));
  return gone.length === 0 ? [] : [`Containers that are gone: ${listed(gone.map((each) => each.containerName))}.`];
}
