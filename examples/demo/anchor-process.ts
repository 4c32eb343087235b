import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/anchor-kyc.js', import.meta.url));

/** The server as `npm start` runs it, in a process of its own. */
export interface AnchorProcess extends AsyncDisposable {
  readonly url: string;
}

/** Starts it on a free port and waits until it answers. @throws Error with what it said when it does not come up */
export async function startAnchor(environment: Readonly<Record<string, string>>): Promise<AnchorProcess> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { PATH: process.env['PATH'], PORT: String(port), ...environment };
  const child = spawn(process.execPath, [program, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // A demo that is cut short leaves no server behind.
  const stop = (): void => void child.kill('SIGTERM');
  process.once('exit', stop);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null || tries > 400) throw new Error(`the server did not start:\n${said}`);
    if (await answers(url)) break;
    await delay(25);
  }
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      process.removeListener('exit', stop);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      stop();
      await exit;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
