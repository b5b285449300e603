import { describe, expect, it } from '@jest/globals';
import { aTerminal } from '../../test/terminal.js';
import { parse } from 'yaml';
import { toJson, toYaml } from './format.js';
import { Progress, withProgress } from './progress.js';
import { renderTable } from './table.js';
import { visible } from './escape.js';
import { printError } from './errors.js';

const HOSTILE = [
  '\u001b[31mred',
  'a\rb',
  'c\u0007',
  '\u009b2J',
  '\u202egnp.exe',
  'x\u2028y',
  'tab\t',
  '\u200bzero',
  'plain',
  'ü 漢',
];

describe('what engines name things', () => {
  it.each(HOSTILE)('cannot steer the terminal: %j', (text) => {
    const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/;
    const table = renderTable([{ header: 'NAME', cell: (row: string) => row }], [text]);
    for (const shown of [visible(text), table, toJson({ [text]: text }), toYaml({ [text]: [text] })]) {
      expect(shown).not.toMatch(steering);
    }
  });

  it.each(HOSTILE)('is the same value in JSON and YAML: %j', (text) => {
    expect(JSON.parse(toJson({ [text]: text }))).toEqual({ [text]: text });
    expect(parse(toYaml({ [text]: [text] }))).toEqual({ [text]: [text] });
  });
});

describe('tables', () => {
  it('line up, wide characters included, without blanks at the ends', () => {
    const columns = [
      { header: 'A', cell: (row: string[]) => row[0] ?? '' },
      { header: 'B', cell: (row: string[]) => row[1] ?? '' },
    ];
    expect(
      renderTable(columns, [
        ['漢字', 'x'],
        ['abcdef', ''],
      ]),
    ).toBe('A        B\n漢字     x\nabcdef\n');
    expect(renderTable(columns, [])).toBe('A   B\n');
  });
});

describe('progress', () => {
  const terminal = (interactive: boolean) => {
    const said: string[] = [];
    const write = (text: string): void => void said.push(`out:${text}`);
    return { said, ...aTerminal({ interactive, write, warn: (text) => void said.push(text) }) };
  };

  it('says nothing about quick work', async () => {
    const seen = terminal(true);
    await withProgress({ terminal: seen, now: () => 0 }, 'removing', () => Promise.resolve());
    expect(seen.said).toEqual([]);
  });

  it('rewrites one line for a person and clears it before anything else is printed', () => {
    const seen = terminal(true);
    let now = 0;
    let what = 'removing';
    const progress = new Progress(
      seen,
      () => now,
      () => what,
    );
    progress.start();
    now = 2000;
    progress.tick();
    now = 3000;
    what = 'removing, 1 of 2';
    progress.tick();
    progress.clearFor(() => seen.write('done\n'));
    progress.stop();
    const clear = '\r\u001b[K';
    expect(seen.said).toEqual([`${clear}removing … 2s`, `${clear}removing, 1 of 2 … 3s`, clear, 'out:done\n', clear]);
  });

  it('says one plain line where nobody watches', () => {
    const seen = terminal(false);
    let now = 0;
    const progress = new Progress(
      seen,
      () => now,
      () => 'removing',
    );
    progress.start();
    for (now = 1000; now < 5000; now += 1000) progress.tick();
    progress.stop();
    expect(seen.said).toEqual(['removing …\n']);
  });
});

describe('errors', () => {
  it('of our own making show where they came from', () => {
    const said: string[] = [];
    const terminal = aTerminal({ warn: (text) => void said.push(text) });
    expect(printError(terminal, new RangeError('bug'), undefined)).toBe(1);
    expect(said.join('')).toMatch(/error: bug\n[\s\S]*at /);
  });
});
