/** What is injected and is no class. */
export const CLOCK = Symbol('clock');
export const OPENAPI_DOCUMENT = Symbol('openapi document');
