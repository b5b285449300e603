/** Addresses of controllers, as credentials belong to them. */

/** One text for all ways to write an address: `HTTPS://Host:443/` is `https://host`. */
export function canonical(apiUrl: string): string {
  const { origin, pathname } = new URL(apiUrl);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

/** Whether what is sent there stays on this machine. */
export function isLoopback(apiUrl: string): boolean {
  const { hostname } = new URL(apiUrl);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** The port, the default one of the scheme included. */
export function portOf(apiUrl: string): number {
  const { port, protocol } = new URL(apiUrl);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** Whether everybody on the way could read what is sent there. */
export const isExposed = (apiUrl: string): boolean => new URL(apiUrl).protocol === 'http:' && !isLoopback(apiUrl);
