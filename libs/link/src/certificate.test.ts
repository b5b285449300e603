import { describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { explainDistrust } from './certificate.js';
import { testAuthority } from './testing/fixtures.js';

const NOW = Date.parse('2026-11-25T00:00:00Z');

/** The same certificate with another text in the place of the date that it ends at; nobody has signed that. */
async function endingAt(text: string): Promise<X509Certificate> {
  const der = Buffer.from(new X509Certificate((await (await testAuthority()).agent()).certificateChain).raw);
  const utcTime = Buffer.from([0x17, 0x0d]);
  const second = der.indexOf(utcTime, der.indexOf(utcTime) + 1);
  der.write(text, second + 2, 'latin1');
  return new X509Certificate(der);
}

describe('the words for a certificate that is not trusted', () => {
  it.each(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERROR_IN_CERT_NOT_AFTER_FIELD'])(
    'are found for dates that are none as well (%s)',
    async (code) => {
      const certificate = await endingAt('991332256199Z');
      expect(explainDistrust('the certificate', certificate, code, NOW)).toEqual({
        reason: 'the certificate has dates that are none',
      });
    },
  );

  it('say by how much the clocks differ', async () => {
    const certificate = await endingAt('261124120000Z');
    expect(explainDistrust('the certificate', certificate, 'CERT_HAS_EXPIRED', NOW)).toMatchObject({
      reason: expect.stringContaining('expired 12h ago, at 2026-11-24T12:00:00Z'),
      dated: 'expired',
    });
  });
});
