import { createServer } from 'node:http';
import { close, listen } from './http-listener.js';

/** The port itself while it is free, else 0: "take any". */
export async function preferredPort(port: number): Promise<number> {
  const probe = createServer();
  try {
    return await listen(probe, '127.0.0.1', port);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      return 0;
    }
    throw error;
  } finally {
    await close(probe);
  }
}
