import { createOpenApiDocument, OPERATION_IDS, type Route, ROUTES } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';

const document = JSON.parse(JSON.stringify(createOpenApiDocument('0.1.0'))) as {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Described>>;
  readonly components: { readonly schemas: Record<string, { description?: string }> };
};
interface Described {
  readonly operationId: string;
  readonly parameters?: { in: string; name: string; schema: Record<string, unknown> }[];
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
}
const describedAs = (id: (typeof OPERATION_IDS)[number]): Described | undefined =>
  document.paths[ROUTES[id].path]?.[ROUTES[id].method];

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(document);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
  });

  it('is refused by the validator when it is broken, so that the test above means something', async () => {
    const broken = { ...document, paths: { '/x': { get: { responses: 'none' } } } };
    expect((await new Validator().validate(broken as unknown as Record<string, unknown>)).valid).toBe(false);
  });

  it.each(OPERATION_IDS)('describes %s', (id) => {
    const described = describedAs(id);
    const route: Route = ROUTES[id];
    expect(described?.operationId).toBe(id);
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(described?.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name) ?? []).toEqual(
      inPath,
    );
    expect(Object.keys(described?.responses ?? {})).toEqual(
      expect.arrayContaining([...Object.keys(route.responses), '400']),
    );
  });

  it('shows booleans and repeatable keys of a query as what they are', () => {
    const query = Object.fromEntries(describedAs('listNetworks')?.parameters?.map((p) => [p.name, p.schema]) ?? []);
    expect(query['inUse']).toMatchObject({ type: 'boolean' });
    expect(query['inUse']).not.toHaveProperty('enum');
    expect(query['label']).toMatchObject({ type: 'array', items: { type: 'string' } });
    expect(query['limit']).toMatchObject({ type: 'integer', maximum: 500 });
  });

  it('explains every schema', () => {
    const silent = Object.entries(document.components.schemas).filter(([, { description }]) => !description);
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});
