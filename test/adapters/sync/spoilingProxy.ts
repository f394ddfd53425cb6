import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SpoilingProxy extends AsyncDisposable {
  readonly port: number;
}

/** Stands before a WebDAV server, and changes one byte of uploads on their way, as often as it is told to. @param spoils how often it is to */
export async function spoilingProxy(target: number, spoils: { due: number }): Promise<SpoilingProxy> {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const onward = request({ port: target, host: '127.0.0.1', method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    let isDue = method === 'PUT' && spoils.due-- > 0;
    incoming.on('data', (chunk: Buffer) => {
      const bytes = Buffer.from(chunk);
      if (isDue) bytes[0] = (bytes[0] ?? 0) ^ 0xff;
      isDue = false;
      onward.write(bytes);
    });
    incoming.on('end', () => onward.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
