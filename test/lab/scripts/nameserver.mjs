/**
 * The name server of one host: nameserver.mjs ADDRESS. It knows no name and says so (NXDOMAIN) at once. Without one,
 * Docker 20.10 lets every name that it does not know itself run into the asker's timeout. Says "ready".
 */
import dgram from 'node:dgram';

const address = process.argv[2];
const headerSize = 12;

/** The same question with the answer "no such name"; see RFC 1035, section 4.1. */
function noSuchName(query) {
  let end = headerSize;
  while (query[end] > 0) end += query[end] + 1; // the labels of the name
  const answer = Buffer.from(query.subarray(0, end + 5)); // the root label, type and class
  answer.writeUInt16BE(0x8183 | (query.readUInt16BE(2) & 0x7900), 2); // an answer; recursion; NXDOMAIN
  answer.fill(0, 6, headerSize); // no records of any kind
  return answer;
}

const socket = dgram.createSocket('udp4', (query, from) => {
  if (query.length > headerSize) socket.send(noSuchName(query), from.port, from.address);
});
socket.on('error', (error) => {
  console.error(`cannot listen on ${address}:53: ${error.message}`);
  process.exit(1);
});
socket.bind(53, address, () => console.log('ready'));
