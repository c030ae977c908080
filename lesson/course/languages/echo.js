// A server and a client in one program. The server closes first.
const net = require('net');

const listener = net.createServer((server) => {
  server.once('data', (got) => {
    console.log(got.length);
    server.end(got, () => server.destroy());
    listener.close();
  });
});

listener.listen(7777, '127.0.0.1', () => {
  const client = net.connect({ port: 7777, host: '127.0.0.1', allowHalfOpen: true }, () => client.write('hi'));
  client.on('data', (got) => console.log(got.toString()));
  client.on('error', (e) => console.log(e.code));
  client.on('end', () => {
    client.write('a'); // the answer to this is a reset
    setImmediate(() => client.write('b'));
  });
});
