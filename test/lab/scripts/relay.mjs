/**
 * Passes bytes between two sockets: relay.mjs LISTEN CONNECT, each "tcp:ADDRESS:PORT" or "unix:PATH".
 * Each connection to LISTEN opens one to CONNECT. The end of one direction and a reset travel on by themselves;
 * what cannot travel waits, so that a black hole behind the relay is one in front of it too. Says "ready".
 */
import net from 'node:net';

const [listen, connect] = process.argv.slice(2).map(place);

function place(text) {
  const [kind, ...rest] = text.split(':');
  if (kind === 'unix') return { path: rest.join(':') };
  return { host: rest[0], port: Number(rest[1]) };
}

/** What `near` says and how it ends is passed to `far`. */
function forward(near, far) {
  near.pipe(far);
  near.on('error', () => drop(far));
  near.on('close', () => far.end());
}

/** A reset stays one where there is such a thing: not on Unix sockets, nor before the connection stands. */
function drop(socket) {
  if (socket.connecting || socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = net.connect({ ...connect, allowHalfOpen: true, noDelay: true });
  forward(near, far);
  forward(far, near);
});

server.on('error', (error) => {
  console.error(`cannot listen on ${process.argv[2]}: ${error.message}`);
  process.exit(1);
});
server.listen(listen, () => console.log('ready'));
