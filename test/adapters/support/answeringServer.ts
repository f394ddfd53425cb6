import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Says one thing to everybody. Whoever starts it closes it. */
export class AnsweringServer {
  says: { readonly status: number; readonly text: string } = { status: 200, text: '' };
  private readonly server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(this.says.status).end(this.says.text));
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
