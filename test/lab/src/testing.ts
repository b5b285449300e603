import { describe, test } from '@jest/globals';
import { labAvailability } from './availability.js';
import { LabError } from './command.js';

/**
 * Jest's `describe` for suites that need a lab. Where no lab can run, the suite is skipped with the reason in its
 * title; with REQUIRE_LAB=1 it fails instead.
 */
export function describeOnLab(title: string, suite: () => void): void {
  const lab = labAvailability();
  if (lab.available) describe(title, suite);
  else if (process.env['REQUIRE_LAB'] === '1') describe(title, () => failFor(lab.reason));
  else describe.skip(`${title} (${lab.reason})`, suite);
}

function failFor(reason: string): void {
  test('has a lab to run on', () => {
    throw new LabError(`REQUIRE_LAB=1 asks for a lab, but ${reason}.`);
  });
}
