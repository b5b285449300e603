import { type NextFunction, type Request, type Response } from 'express';

/**
 * What every answer carries. Answers are data: no browser has anything to run, frame, guess or keep of them. Pages for
 * people loosen the first one for themselves.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

const ONE_YEAR = 'max-age=31536000';

/** @param secure whether callers see TLS: browsers are then told to come with nothing else */
export function securityHeaders(secure: boolean) {
  const headers = new Map(Object.entries(HEADERS));
  return (request: Request, response: Response, next: NextFunction): void => {
    response.setHeaders(headers);
    // It would hold for every other program that is called localhost, too.
    if (secure && !/^localhost(:|$)/i.test(request.headers.host ?? '')) {
      response.setHeader('strict-transport-security', ONE_YEAR);
    }
    next();
  };
}
