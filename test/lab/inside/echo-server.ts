/**
 * A web server that tells who called: `{"caller":ADDRESS,"host":NAME}` to any request but `/bytes/COUNT`, which it answers with so many.
 *
 *   node echo-server.ts PORT      prints "listening" once it does
 */
import { createServer } from 'node:http';
import { hostname } from 'node:os';

createServer((request, response) => {
  const [, count] = /^\/bytes\/([0-9]+)$/.exec(request.url ?? '') ?? [];
  if (count !== undefined) {
    response.end('x'.repeat(Number(count)));
    return;
  }
  const caller = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify({ caller, host: hostname() })}\n`);
}).listen(Number(process.argv[2]), () => console.log('listening'));
