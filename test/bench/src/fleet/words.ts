/** Names as they stand in real fleets. The lists are short: the same names come back on many hosts, as they do there. */

export const PROJECTS = [
  'shop', 'billing', 'auth', 'search', 'wiki', 'grafana', 'gitea', 'crm', 'intranet', 'mail', 'chat', 'reports',
  'ingest', 'media', 'portal', 'tickets', 'vault', 'registry', 'ci-runner', 'backup', 'logs', 'metrics', 'tracing',
  'gateway', 'inventory', 'pricing', 'orders', 'payments', 'shipping', 'catalog', 'profile', 'notify', 'scheduler',
  'exports', 'imports', 'analytics', 'recommend', 'sandbox', 'staging-site', 'legacy-erp', 'timesheet', 'survey',
  'newsletter', 'forum', 'maps', 'geo', 'translate', 'thumbnails', 'webhooks', 'iot-hub', 'mqtt', 'camera', 'doors',
  'payroll', 'audit-log', 'keycloak', 'nextcloud', 'matrix', 'jitsi', 'minio',
] as const; // prettier-ignore

export const SERVICES = [
  'web', 'api', 'db', 'cache', 'worker', 'cron', 'proxy', 'queue', 'search', 'admin', 'mailer', 'exporter', 'migrate',
] as const; // prettier-ignore

/** Networks of one Compose project, in the order in which it has them. */
export const PARTS = ['default', 'backend', 'frontend', 'monitoring'] as const;

export const ALONE = ['debug-tmp', 'shop-blue', 'shop-green', 'test', 'lan-bridge', 'proxy', 'dmz', 'tools'] as const;
export const OWNERS = ['platform', 'web', 'data', 'payments'] as const;
