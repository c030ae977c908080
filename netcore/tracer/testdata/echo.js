// An echo server and its client.
const net = require("net");
const server = net.createServer((c) => c.pipe(c));
server.listen(0, "127.0.0.1", () => {
	const c = net.connect(server.address().port, "127.0.0.1", () => c.write("hello"));
	c.once("data", (b) => {
		if (b.toString() !== "hello") process.exit(1);
		c.end();
	});
	c.on("close", () => server.close(() => console.log("echoed")));
});
