/** Downloads from servers that behave well or badly. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { download } from '../../lib/libtorch/download';
import { temporaryFolder } from '../temporary';
import { type FileServer, serve, sha256 } from './server';

const CONTENT = randomBytes(300_000);
const PATIENCE = { silence: 500, pause: 1, tries: 3 };

describe('downloading', () => {
  let server: FileServer;
  let target: string;

  beforeEach(async () => {
    server = await serve(CONTENT);
    target = join(temporaryFolder(), 'libtorch.zip');
  });
  afterEach(() => server.close());

  const fetchFile = (checksum: string | null = sha256(CONTENT)) =>
    download({ url: server.url, sha256: checksum }, target, () => undefined, PATIENCE);

  const complete = () => {
    assert.deepEqual(readFileSync(target), CONTENT);
    assert.ok(!existsSync(`${target}.part`) && !existsSync(`${target}.part.validator`));
  };

  it('brings a file and reports progress', async () => {
    const seen: number[][] = [];
    await download({ url: server.url, sha256: null }, target, (...numbers) => seen.push(numbers), PATIENCE);
    complete();
    assert.deepEqual(seen.at(-1), [CONTENT.length, CONTENT.length]);
  });

  it('goes on after a lost connection where it stopped', async () => {
    server.cuts.push(100_000, 50_000);
    await fetchFile();
    complete();
    assert.deepEqual(server.requests, ['', 'bytes=100000-', 'bytes=150000-']);
  });

  it('goes on with what an earlier run left', async () => {
    server.cuts.push(100_000, 0, 0, 0, 0);
    await assert.rejects(fetchFile(), /libtorch\.zip: /);
    assert.equal(readFileSync(`${target}.part`).length, 100_000);
    server.cuts.length = 0;
    server.requests.length = 0;
    await fetchFile();
    complete();
    assert.deepEqual(server.requests, ['bytes=100000-']);
  });

  it('goes on after silence', async () => {
    server.silences.push(100_000);
    await fetchFile();
    complete();
  });

  it('starts anew where the server has no ranges', async () => {
    server.ranges = false;
    server.cuts.push(100_000);
    await fetchFile();
    complete();
  });

  it('starts anew where the file changed in the meantime', async () => {
    writeFileSync(`${target}.part`, 'of another file');
    writeFileSync(`${target}.part.validator`, '"zero"');
    await fetchFile();
    complete();
  });

  it('starts anew where what is there does not fit the server', async () => {
    writeFileSync(`${target}.part`, Buffer.concat([CONTENT, CONTENT]));
    writeFileSync(`${target}.part.validator`, server.etag);
    await fetchFile();
    complete();
  });

  it('rejects a file with another checksum and keeps nothing of it', async () => {
    await assert.rejects(fetchFile('0'.repeat(64)), /its SHA-256 is [0-9a-f]{64}, expected 0{64}; it was deleted$/);
    assert.ok(!existsSync(target) && !existsSync(`${target}.part`));
    await fetchFile();
    complete();
  });

  it('names the address and the status where there is no such file', async () => {
    server.status = 404;
    await assert.rejects(fetchFile(), { message: `${server.url}: HTTP 404 Not Found` });
    assert.equal(server.requests.length, 1);
  });

  it('says why a server cannot be reached', async () => {
    server.close();
    await assert.rejects(fetchFile(), /fetch failed: (connect )?ECONNREFUSED/);
  });
});
