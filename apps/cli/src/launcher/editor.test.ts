import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolders } from '../../test/folders.js';
import { editFile } from './editor.js';

const folder = temporaryFolders();

describe('the editor', () => {
  it('may have arguments, and gets the file as one whatever is in its name', async () => {
    const file = join(folder(), 'a policy; $(x).yaml');
    writeFileSync(file, 'a: 1\n');
    await editFile('sed -i -e s/1/2/', file);
    expect(readFileSync(file, 'utf8')).toBe('a: 2\n');
  });

  it('that fails has nothing done', async () => {
    await expect(editFile('false', '/nonexistent')).rejects.toThrow("The editor 'false' ended with 1");
  });
});
