import { type AuditEntryView } from '@fairlead/api';
import { toTimestamp } from '../clock.js';
import { type ChainEntry } from './chain.js';

export const toAuditEntryView = ({ hostName, previousHash: _, ...entry }: ChainEntry): AuditEntryView => ({
  ...entry,
  at: toTimestamp(entry.at),
  host: hostName,
  target: entry.target as AuditEntryView['target'],
  detail: entry.detail as AuditEntryView['detail'],
});
