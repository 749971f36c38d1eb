/**
 * Runs inside a host of the lab. Reads commands from standard input, a line of JSON each, and answers with a line:
 * `{"probe": {"address", "port"}}` sends a datagram every 2 ms until one comes back, and tells when;
 * `{"run": [...]}` runs a program to its end, and tells when it was started.
 * Times are nanoseconds on the machine's monotonic clock, which all processes share.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';

const everyMs = 2;
const deadlineMs = 15_000;

type Command = { probe: { address: string; port: number } } | { run: string[] };

createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line) as Command;
  void ('run' in command ? run(command.run) : probe(command.probe)).then((answer) =>
    process.stdout.write(`${JSON.stringify(answer)}\n`),
  );
});

function probe({ address, port }: { address: string; port: number }): Promise<{ replied: string | null }> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (replied: bigint | null): void => {
      clearInterval(sending);
      clearTimeout(deadline);
      socket.close();
      resolve({ replied: replied?.toString() ?? null });
    };
    // Without a route, or with nobody there, sending fails; the next one may not.
    const sending = setInterval(() => socket.send('?', port, address, () => undefined), everyMs);
    const deadline = setTimeout(() => end(null), deadlineMs);
    socket.on('error', () => undefined);
    socket.on('message', () => end(process.hrtime.bigint()));
  });
}

function run([program = '', ...args]: string[]): Promise<{ started: string; code: number | null }> {
  return new Promise((resolve) => {
    const started = process.hrtime.bigint().toString();
    const child = spawn(program, args, { stdio: 'ignore' });
    child.on('error', () => resolve({ started, code: null }));
    child.on('exit', (code) => resolve({ started, code }));
  });
}
