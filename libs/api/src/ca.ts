import { z } from 'zod';
import { hostName, timestamp, type View } from './common.js';

export const root = z
  .object({
    digest: z.string().meta({ description: 'SHA-256 of the certificate’s DER, hexadecimal' }),
    state: z.enum(['prepared', 'active', 'trusted']).meta({
      description:
        '`prepared`: trusted, issues nothing yet. `active`: issues. `trusted`: issued before, not retired yet',
    }),
    createdAt: timestamp,
    certificate: z.string().meta({ description: 'PEM. The key is never here' }),
    hosts: z.int().meta({ description: 'Hosts whose certificate it has issued' }),
  })
  .meta({
    id: 'Root',
    description: 'A root of the cluster',
    example: {
      digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      state: 'active',
      createdAt: '2026-11-25T09:30:00.000Z',
      certificate: '-----BEGIN CERTIFICATE-----…',
      hosts: 3,
    },
  });
export type RootView = View<typeof root>;

export const ca = z
  .object({
    clusterId: z.string(),
    roots: z.array(root),
    waitingFor: z.array(hostName).meta({
      description:
        'Hosts that the next step would leave behind: those that do not trust the prepared root yet, or that still have ' +
        'a certificate of the root to be retired',
    }),
  })
  .meta({
    id: 'Ca',
    description: 'The cluster’s certificate authority',
    example: { clusterId: '0b6f1a5e-3f0c-4a55-9d0e-5b8b0f0c9a11', roots: [], waitingFor: [] },
  });
export type CaView = View<typeof ca>;

export const caStepRequest = z
  .strictObject({ force: z.boolean().default(false).meta({ description: 'Leave the hosts in `waitingFor` behind' }) })
  .meta({ id: 'CaStepRequest', description: 'A step of the rotation', example: { force: false } });
export type CaStepRequest = View<typeof caStepRequest>;
