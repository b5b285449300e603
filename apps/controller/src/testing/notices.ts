import { v7 as uuidv7 } from 'uuid';
import { type Notice } from '../notifications/notice.js';

/** A notice of a run that removed something. */
export const aNotice = (more: Partial<Notice> = {}): Notice => ({
  id: uuidv7(),
  event: 'finished',
  at: Date.parse('2026-11-24T01:00:09Z'),
  policy: { id: '0199-p', name: 'nightly', version: 3 },
  runId: '0199-r',
  title: 'nightly removed 12 networks',
  text: 'All hosts are done.\nTwo networks came into use meanwhile and were kept.',
  counts: { removed: 12, kept: 288 },
  link: '/api/v1/runs/0199-r',
  ...more,
});
