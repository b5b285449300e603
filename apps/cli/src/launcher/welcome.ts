import { DEFAULT_API_URL } from '../config.js';
import { visible } from '../output/escape.js';
import type { Subject } from './subject.js';

interface Welcome {
  readonly address: string;
  readonly subject: Subject;
  readonly dataDir: string;
  /** Where agents of further hosts attach; undefined: nowhere. */
  readonly linkPort: string | undefined;
  readonly command: string;
}

/** Where it runs, what it shows, and what to try first. */
export function welcome({ address, subject, dataDir, linkPort, command }: Welcome): string {
  const api = address === DEFAULT_API_URL ? '' : ` --api ${address}`;
  return [
    `Fairlead is running at ${address}`,
    ...describeSubject(subject),
    '',
    'Try:',
    `  ${command} network ls${api}`,
    `  ${command} network prune --dry-run${subject.kind === 'demo' ? ' --all-hosts' : ''}${api}`,
    `  ${command} events${api}`,
    '',
    ...(linkPort === undefined ? [] : [...describeLink(linkPort), `  ${command} host join-token create${api}`, '']),
    `Data and log are in ${visible(dataDir)}. Stop with Ctrl-C.`,
    '',
  ].join('\n');
}

const describeLink = (linkPort: string): string[] => [
  `Agents of other hosts attach at ${linkPort === '0' ? 'a free port' : `port ${linkPort}`}, over TLS. To add a host, run there what this prints:`,
];

function describeSubject(subject: Subject): string[] {
  if (subject.kind === 'engine') {
    const { url, source, version } = subject.engine;
    const what = [version, `from ${source}`].filter((part) => part !== '').join(', ');
    return [`Host ${subject.name}: the engine at ${visible(url)} (${visible(what)})`];
  }
  const why = subject.asked ? [] : ['No Docker engine answers here.'];
  const hosts = subject.hosts === 1 ? 'one SIMULATED host' : `${subject.hosts} SIMULATED hosts`;
  return [...why, `This is a demo fleet of ${hosts}: nothing on this machine is shown or changed.`];
}
