import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom: the house plan of docs/architecture.md as rules. */
const boundaries = [
  { sourceTag: 'scope:domain', onlyDependOnLibsWithTags: ['scope:domain'] },
  { sourceTag: 'scope:engine', onlyDependOnLibsWithTags: ['scope:domain'] },
  { sourceTag: 'scope:link', onlyDependOnLibsWithTags: ['scope:domain'] },
  { sourceTag: 'scope:api', onlyDependOnLibsWithTags: ['scope:domain'] },
  { sourceTag: 'scope:agent', onlyDependOnLibsWithTags: ['scope:domain', 'scope:engine', 'scope:link'] },
  { sourceTag: 'scope:controller', onlyDependOnLibsWithTags: ['scope:domain', 'scope:link', 'scope:api'] },
  { sourceTag: 'scope:cli', onlyDependOnLibsWithTags: ['scope:domain', 'scope:api'] },
  { sourceTag: 'scope:lab', onlyDependOnLibsWithTags: ['scope:lab'] },
  { sourceTag: 'scope:test', onlyDependOnLibsWithTags: ['*'] },
];

/** External packages stay at their border. */
const atHome = (name, ...patterns) => ({
  group: patterns,
  message: `${name} stays at its border (docs/architecture.md).`,
});
const dockerode = atHome('dockerode: only libs/engine', 'dockerode', 'docker-modem');
const grpc = atHome('gRPC: only libs/link', '@grpc/*');
const prisma = atHome('Prisma: only *.store.ts and database/', '@prisma/*', '**/generated/prisma/**', 'libsql');
const oidc = atHome('openid-client: only the controller’s access/oidc', 'openid-client');
const mail = atHome(
  'mail and webhooks: only the controller’s notifications',
  'nodemailer',
  'nodemailer/*',
  'standardwebhooks',
);
const cron = atHome('croner: only the controller’s policies/schedule', 'croner');
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
const noEnvironment = {
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' },
  ],
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/generated/**',
      '**/node_modules/**',
      '.nx/**',
      'tools/**',
      '*.mjs',
      '**/*.mjs',
      '!apps/controller/workers/*.mjs',
      '**/*.js',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: boundaries, enforceBuildableLibDependency: false, allow: [] },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['libs/**/*.ts', 'apps/**/*.ts'],
    rules: { ...restrict(dockerode, grpc, prisma, oidc, mail, cron), ...noEnvironment },
  },
  { files: ['libs/engine/**/*.ts'], rules: restrict(grpc, prisma) },
  { files: ['libs/link/**/*.ts'], rules: restrict(dockerode, prisma) },
  {
    files: ['apps/controller/src/database/**/*.ts', 'apps/controller/src/**/*.store.ts'],
    rules: restrict(dockerode, grpc, oidc, mail, cron),
  },
  { files: ['apps/controller/src/access/oidc/**/*.ts'], rules: restrict(dockerode, grpc, prisma, mail, cron) },
  {
    files: ['apps/controller/src/notifications/**/*.ts'],
    ignores: ['**/*.store.ts'],
    rules: restrict(dockerode, grpc, prisma, oidc, cron),
  },
  { files: ['apps/controller/src/policies/schedule/**/*.ts'], rules: restrict(dockerode, grpc, prisma, oidc, mail) },
  { files: ['apps/*/src/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['libs/domain/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      ...restrict({ group: ['node:*', '!ipaddr.js'], message: 'The domain does no I/O.' }, dockerode, grpc, prisma),
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'performance', 'fetch', 'process'],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Pass the time in.',
        },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Pass the time in.' },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: 'Pass randomness in.',
        },
      ],
    },
  },
  {
    files: ['libs/api/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: restrict({ group: ['node:*'], message: 'libs/api runs in a browser.' }, dockerode, grpc, prisma),
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-console': 'off',
    },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  prettier,
);
