import { ERROR_CODES, ERRORS, FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { fromProblem, operation, type OperationView, problem, type ProblemView, toProblem } from './index.js';

const anOperation = operation.meta()?.['example'] as OperationView;

describe('toProblem', () => {
  it.each(ERROR_CODES)('gives %s its own type, title and status, and is a valid problem', (code) => {
    const view = toProblem(new FairleadError(code, 'it went wrong'), { instance: '/api/v1/networks' });
    expect(view).toMatchObject({
      type: `urn:fairlead:error:${code}`,
      status: ERRORS[code].http,
      title: ERRORS[code].title,
    });
    expect(problem.safeParse(view).error).toBeUndefined();
  });

  it('leaves out what there is nothing to say about', () => {
    const view = toProblem(new FairleadError('internal', 'broken', { hint: '' }), { instance: '/x' });
    expect(Object.keys(view).sort()).toEqual(['code', 'detail', 'instance', 'status', 'title', 'type']);
  });
});

describe('fromProblem', () => {
  it('gives back the error, with the engine’s words, the faults, the operation and the candidates', () => {
    const error = new FairleadError('network_in_use', "Network 'my-net' is used by one", {
      engineMessage: 'has active endpoints',
      hint: 'Disconnect it first.',
      faults: [{ path: '/network', message: 'in use' }],
    });
    const candidates = [{ host: 'web-1', id: 'a', name: 'my-net' }];
    const back = fromProblem(toProblem(error, { instance: '/x', operation: anOperation, candidates }));
    expect(back).toBeInstanceOf(FairleadError);
    expect(back).toMatchObject({ code: error.code, message: error.message, engineMessage: error.engineMessage });
    expect(back).toMatchObject({ hint: error.hint, faults: error.faults, operation: anOperation, candidates });
  });

  it('keeps the words of a code that only newer versions know', () => {
    const newer = { code: 'quota_spent', detail: 'No quota is left' } as unknown as ProblemView;
    expect(fromProblem(newer)).toMatchObject({ code: 'internal', message: 'No quota is left' });
  });
});
