import { StringDecoder } from 'node:string_decoder';

/** An event is a few hundred bytes; one with huge labels is dropped rather than kept in memory. */
const LONGEST = 1024 * 1024;

/**
 * Cuts a byte stream into its lines, wherever the chunks are cut, also inside a character. Returns the function that
 * takes the chunks. A line longer than `longest` characters is left out, and what follows it is read as usual.
 */
export function lineSplitter(take: (line: string) => void, longest = LONGEST): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let skipping = false;
  return (chunk) => {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (!skipping && part.length <= longest && part.trim() !== '') take(part);
      skipping = false;
    }
    if (rest.length > longest) {
      rest = '';
      skipping = true;
    }
  };
}
