import { readFileSync } from 'node:fs';
import { type Finding } from '../report.js';
import { FleetSite } from './fleet-site.js';

/**
 * What is measured on a fleet, also said at once, since it takes long. The fleet is ended in any case, also where this
 * program is told to end.
 */
export async function withFleet(
  hosts: number,
  measure: (fleet: FleetSite) => AsyncIterable<Finding[]>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const fleet = await FleetSite.start(hosts);
  const leave = (): void => void fleet.stop().then(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    for await (const found of measure(fleet)) {
      for (const { what, figures } of found) process.stderr.write(`${what}: ${figures}\n`);
      findings.push(...found);
    }
    return findings;
  } catch (error) {
    process.stderr.write(`${readFileSync(fleet.site.file('controller.log'), 'utf8').slice(-4_000)}\n`);
    throw error;
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    await fleet.stop();
  }
}
