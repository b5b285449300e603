import { describe, expect, it } from '@jest/globals';
import { parseEngineUrl } from './address.js';

describe('parseEngineUrl', () => {
  it.each([
    ['unix:///var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
    ['unix:///tmp/a b%20c.sock', { socketPath: '/tmp/a b%20c.sock' }],
    ['tcp://127.0.0.1:2375', { protocol: 'http', host: '127.0.0.1', port: 2375, basePath: '' }],
    ['tcp://localhost', { protocol: 'http', host: 'localhost', port: 2375, basePath: '' }],
    ['http://[::1]:8080/hosts/web-1/', { protocol: 'http', host: '::1', port: 8080, basePath: '/hosts/web-1' }],
    ['https://engine.example', { protocol: 'https', host: 'engine.example', port: 2376, basePath: '' }],
  ])('reads %s', (url, address) => expect(parseEngineUrl(url)).toEqual(address));

  it.each([
    ['tcp://10.0.0.5:2375', /plain text/, /fairlead agent/],
    ['http://localhost.example:2375', /plain text/, /fairlead agent/],
    ['http://127.evil.example', /plain text/, /fairlead agent/],
    ['ssh://root@web-1', /behind ssh/, /beside the engine/],
    ['unix://docker.sock', /full path/, /three slashes/],
    ['unix://', /full path/, /three slashes/],
    ['/var/run/docker.sock', /not the address/, /unix:\/\//],
    ['npipe:////./pipe/docker_engine', /not the address/, /unix:\/\//],
    ['', /not the address/, /unix:\/\//],
  ])('refuses %j with the reason and what to write', (url, message, hint) => {
    expect(() => parseEngineUrl(url)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      }),
    );
  });
});
