/**
 * Writes `docs/configuration.md` from the settings of the three apps as built.
 * The result is committed; `--check` compares instead of writing and fails where the two differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';

const root = join(import.meta.dirname, '..');
const target = join(root, 'docs/configuration.md');
const style = JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8'));

const INTRODUCTION = `
# Configuration

Made by \`node tools/generate-configuration.mjs\` from each program's own table of settings: edit that, not this page.

A flag wins over its variable, a variable over the default. A variable that is set to nothing counts as not set. All
faults are reported at once; a \`FAIRLEAD_*\` variable that does not exist is refused with the nearest name that does.
Two things have a file of their own: the [policy](guides/host-policy.md) of a host, and the controller's channels for
[notifications](guides/notifications.md).
`;

const SECTIONS = [
  {
    app: 'controller',
    title: '`fairlead controller`',
    text:
      'Takes agents in, keeps the inventory, serves REST: on 127.0.0.1 unless `--host` says otherwise, and beyond that over TLS\n' +
      'only. Its first start writes the token of the admin into the data folder (`admin.token`, mode 0600). The keys of the\n' +
      'cluster are in the keys folder and in no copy of the data: without them every host has to join anew.',
  },
  {
    app: 'agent',
    title: '`fairlead agent`',
    text:
      'Runs beside one engine. It needs at least one of `--controller` and `--listen`, and over a Unix socket a name. Over TCP a\n' +
      'host joins once, with the token in `FAIRLEAD_AGENT_JOIN_TOKEN` ([add a host](guides/add-a-host.md)): a variable and no\n' +
      'flag, since every user of a machine may read arguments. `FAIRLEAD_AGENT_LABEL` takes several labels as `a=b,c=d`. In a\n' +
      'demo fleet (`--demo`) the hosts have names of their own.',
  },
  {
    app: 'cli',
    title:
      '`fairlead host`, `network`, `policy`, `freeze`, `operation`, `events`, `audit`, `ca`, `token`, `login`, `logout`, `whoami`',
    text:
      'The commands of the client. Their other flags say what to do, not where: see `--help` of each. Tokens have no flag, as\n' +
      'every user of a machine may read command lines; `fairlead login` keeps them in a file of their own.',
  },
];

const CLOSING = `
## \`fairlead up\`

Takes flags only (\`fairlead up --help\`) and starts a controller and an agent with them. The variables above hold for
what these flags leave open, such as labels and log level.

## Variables of others

| variable                                        | what it is taken for                                                       |
| ----------------------------------------------- | -------------------------------------------------------------------------- |
| \`DOCKER_HOST\`, \`DOCKER_CONTEXT\`, \`DOCKER_CONFIG\` | finding the engine, as the docker CLI does, where \`--engine\` is not given  |
| \`XDG_RUNTIME_DIR\`                               | the sockets of rootless Docker and Podman                                  |
| \`XDG_STATE_HOME\`                                | the folder below which data is kept, instead of \`~/.local/state\`           |
| \`XDG_CONFIG_HOME\`                               | the folder below which logins are kept, instead of \`~/.config\`             |
| \`VISUAL\`, \`EDITOR\`                              | the editor of \`fairlead policy edit\`                                       |
| \`NODE_EXTRA_CA_CERTS\`                           | Node's own; certificates of a private authority that REST is served under  |
| \`NODE_OPTIONS\`                                  | Node's own; see [add a host](guides/add-a-host.md) for the agent     |
`;

const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => `\`${cell(text)}\``;

/** What has `flag: false` can be set by its variable alone. */
function toRow(name, { value, meaning, byDefault, flag = true }, variable) {
  return `| ${flag ? code(`--${name} ${value}`) : ''} | ${code(variable)} | ${byDefault === '' ? '' : cell(byDefault)} | ${cell(meaning)} |`;
}

function toSection({ title, text }, { SETTINGS, variableOf }) {
  const rows = Object.entries(SETTINGS).map(([name, setting]) => toRow(name, setting, variableOf(name)));
  return [`## ${title}`, text, ['| flag | variable | default | meaning |', '|-|-|-|-|', ...rows].join('\n')].join(
    '\n\n',
  );
}

/**
 * The page as it should be.
 * @param load gives the `config` module of an app: its `SETTINGS` and `variableOf`
 */
export async function renderConfiguration(load) {
  const sections = await Promise.all(SECTIONS.map(async (section) => toSection(section, await load(section.app))));
  return format([INTRODUCTION, ...sections, CLOSING].join('\n'), { ...style, parser: 'markdown' });
}

const loadBuilt = (app) => import(join(root, 'apps', app, 'dist/config.js'));

if (process.argv[1] === import.meta.filename) {
  const page = await renderConfiguration(loadBuilt);
  if (!process.argv.includes('--check')) writeFileSync(target, page);
  else if (readFileSync(target, 'utf8') !== page) {
    console.error('docs/configuration.md does not match the settings.\nRun: node tools/generate-configuration.mjs');
    process.exit(1);
  }
}
