/** Checkpoints there and back: what Python saved, tsorch loads and saves, and Python finds equal, aliasing included. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import torch from '../../lib';
import { evaluate } from '../oracle/oracle';
import { temporaryFolder } from '../temporary';

const IMPORT = `
import sys
sys.path.insert(0, folder_of_tests)
import objects
`;

describe('a round trip of checkpoints through tsorch', () => {
  let folder: string;
  before(() => {
    folder = temporaryFolder();
  });

  const ask = <T>(call: string): Promise<T> => evaluate<T>(`${IMPORT}${call}`, { folder, folder_of_tests: __dirname });

  it('leaves every object as it was', async () => {
    const names = await ask<string[]>('objects.write(folder)');
    assert.ok(names.length >= 60);
    const problems: Record<string, string> = {};
    const files = readdirSync(folder);
    for (const file of files) {
      try {
        const path = join(folder, file);
        const isOld = file.endsWith('.old.pt');
        torch.save(torch.load(path), `${path}.saved`, { useNewZipfileSerialization: !isOld });
        if (!isOld) torch.save(torch.load(path, { mmap: true }), `${path}.mapped.saved`);
      } catch (error) {
        problems[file] = `${names[Number.parseInt(file, 10)]}: ${(error as Error).stack}`;
      }
    }
    assert.ok(files.length > names.length * 1.5);
    Object.assign(problems, await ask<Record<string, string>>('objects.check(folder)'));
    assert.deepEqual(problems, {});
  });
});
