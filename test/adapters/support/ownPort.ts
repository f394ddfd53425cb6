import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** Below those that `listen(0)` gives, from 32768 on by default: what is closed here is given to no other test. */
const [FIRST, LAST] = [20_000, 30_000];

/** Lets a server listen on 127.0.0.1 at a port of its own. */
export async function listenOnOwnPort(server: Server): Promise<number> {
  for (;;) {
    server.listen(FIRST + Math.floor(Math.random() * (LAST - FIRST)), '127.0.0.1');
    try {
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

/** A port at which nobody listens, nor is going to, but for whoever it is for. */
export async function ownPort(): Promise<number> {
  const server = createServer();
  const port = await listenOnOwnPort(server);
  server.close();
  await once(server, 'close');
  return port;
}
