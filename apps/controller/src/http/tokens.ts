/** What is injected and is no class. */
export const CLOCK = Symbol('clock');
export const ACCESS = Symbol('access');
export const EXPOSURE = Symbol('exposure');
export const OPENAPI_DOCUMENT = Symbol('openapi document');
