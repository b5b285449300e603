import { endpointQuery, networkQuery } from '@fairlead/api';
import {
  recordEndpointPage,
  recordPage,
  type RecordedStatement,
  type SqliteConnection,
} from '@fairlead/controller/straight';
import { ms, seriesOf, timed, times } from '../measure.js';
import { type Finding } from '../report.js';
import { type FleetSite } from './fleet-site.js';
import { dearQueries, deepQuery, pathOf, type Query, QUERIES } from './queries.js';
import { openBeside } from './rows.js';

/** How often a question is asked, and what is aimed at. */
interface Manner {
  readonly rounds: number;
  readonly warmUp: number;
  readonly aim: string;
}
const USUAL: Manner = { rounds: 100, warmUp: 5, aim: 'at most 2x; p99 under 50 ms' };
/** What looks at every endpoint is told beside what is aimed at, and is not part of it. */
const DEAR: Manner = { rounds: 5, warmUp: 1, aim: 'none' };

/** Each question through REST, and its SQL straight on the file, in turn in the same run. */
export async function measureQuerying(fleet: FleetSite): Promise<Finding[]> {
  const connection = openBeside(fleet.database);
  const findings: Finding[] = [];
  const dear: Finding[] = [];
  const all = { networks: [] as number[], endpoints: [] as number[] };
  try {
    for (const query of [...QUERIES, await deepQuery(fleet)]) {
      const { finding, rest } = await measure(fleet, connection, query, USUAL);
      findings.push(finding);
      all[query.list].push(...rest);
    }
    for (const query of await dearQueries(fleet)) {
      dear.push((await measure(fleet, connection, query, DEAR)).finding);
    }
  } finally {
    connection.close();
  }
  return [...findings, together('networks', all.networks), together('endpoints', all.endpoints), ...dear];
}

function together(list: Query['list'], samples: readonly number[]): Finding {
  const { p50, p99, n } = seriesOf(samples);
  const figures = `p50 ${ms(p50)}, p99 ${ms(p99)} (n=${n})`;
  return { what: `all of these questions about ${list} together`, figures, aim: 'p99 under 50 ms' };
}

async function measure(fleet: FleetSite, connection: SqliteConnection, query: Query, manner: Manner) {
  const hosts = await hostNames(fleet, query);
  const { statements, total } =
    query.list === 'endpoints'
      ? await recordEndpointPage(connection, endpointQuery.parse(query.query), hosts)
      : await recordPage(connection, networkQuery.parse(query.query), hosts, Date.now());
  const straight = (): void => statements.forEach((each) => run(connection, each));
  const samples = { rest: [] as number[], sql: [] as number[] };
  for (let round = -manner.warmUp; round < manner.rounds; round++) {
    const rest = await timed(() => ask(fleet, query));
    const sql = await timed(async () => straight());
    if (round < 0) continue;
    samples.rest.push(rest);
    samples.sql.push(sql);
  }
  const [a, b] = [seriesOf(samples.rest), seriesOf(samples.sql)];
  const figures =
    `p50 ${ms(a.p50)}, p99 ${ms(a.p99)}; its SQL straight p50 ${ms(b.p50)}, p99 ${ms(b.p99)}: ` +
    `${times(a.p50 / b.p50)}, ${ms(a.p50 - b.p50)} more at p50`;
  const finding = { what: `${query.what} (${total} fit)`, figures, aim: manner.aim };
  return { finding, rest: samples.rest };
}

const run = (connection: SqliteConnection, { sql, values }: RecordedStatement): void =>
  void connection.query(sql, values);

async function ask(fleet: FleetSite, query: Query): Promise<void> {
  const response = await fleet.get(pathOf(query));
  if (!response.ok) throw new Error(`${query.what} was answered with ${response.status}`);
}

/** The hosts that the controller would choose by their labels; undefined for all. */
async function hostNames({ site }: FleetSite, { query }: Query): Promise<string[] | undefined> {
  if (query['on'] === undefined) return undefined;
  const names: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const wish = { on: query['on'], limit: 500, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await site.client.listHosts({ query: wish });
    names.push(...items.map(({ name }) => name));
    cursor = nextCursor;
  }
  return names;
}
