/** Runs inside a host of the lab: sends every UDP datagram back. The first argument is the port. */
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.on('message', (message, from) => socket.send(message, from.port, from.address));
socket.bind(Number(process.argv[2]), () => process.stdout.write('ready\n'));
