/** A local HTTP server that serves one file, well or badly. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server behaves; a test changes it as it goes. */
export interface Behaviour {
  ranges: boolean;
  etag: string;
  /** Cuts the connection after so many bytes of a response; once each. */
  cuts: number[];
  /** Sends so many bytes and then nothing more; once each. */
  silences: number[];
  status: number;
}

/** The running server. */
export interface FileServer extends Behaviour {
  readonly url: string;
  /** The Range header of each request, empty where there was none. */
  readonly requests: string[];
  close(): void;
}

/** Serves `content` at `/libtorch.zip`. */
export async function serve(content: Buffer): Promise<FileServer> {
  const server = createServer((request, response) => answer(state, content, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/libtorch.zip`,
    requests: [],
    ranges: true,
    etag: '"one"',
    cuts: [],
    silences: [],
    status: 200,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return state;
}

/** The SHA-256 of `content` in hexadecimal. */
export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function answer(state: FileServer, content: Buffer, request: IncomingMessage, response: ServerResponse): void {
  state.requests.push(request.headers.range ?? '');
  if (state.status !== 200) {
    response.writeHead(state.status).end();
    return;
  }
  const same = request.headers['if-range'] === undefined || request.headers['if-range'] === state.etag;
  const asked = state.ranges && same ? request.headers.range?.match(/^bytes=(\d+)-$/) : undefined;
  const start = Number(asked?.[1] ?? 0);
  if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
  const headers = { etag: state.etag, 'content-length': content.length - start };
  response.writeHead(asked ? 206 : 200, asked ? { ...headers, ...range } : headers);
  const cut = state.cuts.shift();
  const silence = state.silences.shift();
  if (cut !== undefined)
    response.write(content.subarray(start, start + cut), () => setTimeout(() => response.destroy(), 50));
  else if (silence !== undefined) response.write(content.subarray(start, start + silence));
  else response.end(content.subarray(start));
}
