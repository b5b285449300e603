import { ERROR_CODES, FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { Metadata, status } from '@grpc/grpc-js';
import { fromErrorMessage, fromServiceError, toErrorMessage, toServiceError } from './error-message.js';

const words = 'Réseau « détruit »: 网络 not found\nsecond line';

const read = ({ code, message, engineMessage, hint }: FairleadError) => ({ code, message, engineMessage, hint });

describe('an error over gRPC', () => {
  it.each(ERROR_CODES)("brings %s back as it was, with the engine's own words", (code) => {
    const error = new FairleadError(code, 'It failed – ärgerlich', { engineMessage: words, hint: 'Try →' });
    expect(read(fromServiceError(toServiceError(error)))).toEqual(read(error));
  });

  it('takes its status from the code', () => {
    expect(toServiceError(new FairleadError('network_in_use', 'x')).code).toBe(status.FAILED_PRECONDITION);
    expect(toServiceError(new FairleadError('engine_unavailable', 'x')).code).toBe(status.UNAVAILABLE);
  });

  it('turns what is no error of ours into internal', () => {
    expect(fromServiceError(toServiceError(new TypeError('boom')))).toMatchObject({
      code: 'internal',
      message: 'boom',
    });
  });

  it('reads a code of a newer peer as the nearest one of its status, and says so', () => {
    const metadata = new Metadata();
    metadata.set('fairlead-code', 'network_haunted');
    const error = fromServiceError({ code: status.FAILED_PRECONDITION, details: 'There is a ghost', metadata });
    expect(error).toMatchObject({ code: 'engine_refused', message: 'There is a ghost' });
    expect(error.hint).toContain('network_haunted');
  });

  it('reads a newer code under a status that says nothing as engine_failed only where the engine spoke', () => {
    const metadata = new Metadata();
    metadata.set('fairlead-code', 'network_haunted');
    expect(fromServiceError({ code: status.INTERNAL, details: 'x', metadata }).code).toBe('internal');
    metadata.set('fairlead-engine-message-bin', Buffer.from('boo'));
    expect(fromServiceError({ code: status.INTERNAL, details: 'x', metadata }).code).toBe('engine_failed');
  });

  it.each([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED, status.INTERNAL, status.UNKNOWN])(
    "knows no outcome after gRPC's own status %s, since the command may have run",
    (code) => {
      expect(fromServiceError({ code, details: 'x', metadata: new Metadata() }).code).toBe('outcome_unknown');
    },
  );

  it('knows that nothing was done where the method does not exist there', () => {
    const error = fromServiceError({ code: status.UNIMPLEMENTED, details: 'x', metadata: new Metadata() });
    expect(error.code).toBe('unsupported');
  });
});

describe('an error in a session or journal', () => {
  it.each(ERROR_CODES)('brings %s back as it was', (code) => {
    const error = new FairleadError(code, 'It failed', { engineMessage: words, hint: 'Try' });
    expect(read(fromErrorMessage({ ...blank, ...toErrorMessage(error) }))).toEqual(read(error));
  });

  it('leaves out what is not there', () => {
    const back = fromErrorMessage({ ...blank, ...toErrorMessage(new FairleadError('not_found', 'x')) });
    expect(read(back)).toEqual({ code: 'not_found', message: 'x', engineMessage: undefined, hint: undefined });
  });

  it('reads an unknown code as engine_failed where the engine spoke, else as internal', () => {
    expect(fromErrorMessage({ ...blank, code: 'new', engineMessage: 'boo' }).code).toBe('engine_failed');
    expect(fromErrorMessage({ ...blank, code: 'constructor' }).code).toBe('internal');
  });
});

const blank = { code: '', message: '', engineMessage: '', hint: '' };
