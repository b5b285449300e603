import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';

const root = join(import.meta.dirname, '../../..');

/** What the linter says of a file if it began with this line. */
async function plant(file: string, line: string): Promise<string[]> {
  const eslint = new ESLint({ cwd: root });
  const path = join(root, file);
  const [result] = await eslint.lintText(`${line}\n${readFileSync(path, 'utf8')}`, { filePath: path });
  return (result?.messages ?? []).flatMap(({ ruleId, severity }) => (severity === 2 && ruleId ? [ruleId] : []));
}

const MODULES = '@nx/enforce-module-boundaries';
const PACKAGES = 'no-restricted-imports';

describe('module boundaries', () => {
  beforeAll(() => process.chdir(root));

  it.each([
    ['the domain does not import the engine', 'libs/domain/src/network.ts', "import '@fairlead/engine';", MODULES],
    ['the domain does not import the link', 'libs/domain/src/network.ts', "import '@fairlead/link';", MODULES],
    ['the engine does not import the link', 'libs/engine/src/port.ts', "import '@fairlead/link';", MODULES],
    ['the link does not import the API', 'libs/link/src/contract.ts', "import '@fairlead/api';", MODULES],
    ['the API does not import the link', 'libs/api/src/routes.ts', "import '@fairlead/link';", MODULES],
    [
      'the controller does not import the engine',
      'apps/controller/src/clock.ts',
      "import '@fairlead/engine';",
      MODULES,
    ],
    ['the agent does not import the API', 'apps/agent/src/config.ts', "import '@fairlead/api';", MODULES],
    ['the CLI does not import the link', 'apps/cli/src/config.ts', "import '@fairlead/link';", MODULES],
    ['nobody reaches into another project', 'libs/api/src/routes.ts', "import '../../engine/src/port.js';", MODULES],
    ['dockerode stays in the engine', 'apps/agent/src/config.ts', "import 'dockerode';", PACKAGES],
    ['gRPC stays in the link', 'apps/controller/src/clock.ts', "import '@grpc/grpc-js';", PACKAGES],
    ['Prisma stays in stores', 'apps/controller/src/clock.ts', "import '@prisma/client';", PACKAGES],
    ['openid-client stays in access/oidc', 'apps/controller/src/clock.ts', "import 'openid-client';", PACKAGES],
    ['the domain does no I/O', 'libs/domain/src/network.ts', "import 'node:fs';", PACKAGES],
    ['the API runs in a browser', 'libs/api/src/routes.ts', "import 'node:fs';", PACKAGES],
    [
      'only config.ts reads the environment',
      'apps/controller/src/clock.ts',
      'export const home = process.env;',
      'no-restricted-properties',
    ],
    ['the domain has no clock', 'libs/domain/src/network.ts', 'export const now = Date.now();', 'no-restricted-syntax'],
  ])('%s', async (_rule, file, line, ruleId) => {
    expect(await plant(file, line)).toContain(ruleId);
  });

  it('finds nothing to object to in the same files as they are', async () => {
    const files = [
      'libs/domain/src/network.ts',
      'libs/engine/src/port.ts',
      'libs/link/src/contract.ts',
      'libs/api/src/routes.ts',
    ];
    for (const file of files) expect(await plant(file, '')).toEqual([]);
  });
});
