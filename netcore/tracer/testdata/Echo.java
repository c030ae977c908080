import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** An echo server in a thread, and its client. */
public class Echo {
	public static void main(String[] args) throws Exception {
		ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
		Thread thread = new Thread(() -> {
			try (Socket c = server.accept()) {
				c.getInputStream().transferTo(c.getOutputStream());
			} catch (Exception e) {
				System.exit(1);
			}
		});
		try (Socket c = new Socket()) {
			c.bind(null); // before the thread: accept takes its descriptor when it begins
			thread.start();
			c.connect(server.getLocalSocketAddress());
			c.getOutputStream().write("hello".getBytes());
			if (!new String(c.getInputStream().readNBytes(5)).equals("hello"))
				System.exit(1);
			c.shutdownOutput();
			if (c.getInputStream().read() != -1)
				System.exit(1);
		}
		thread.join();
		server.close();
		System.out.println("echoed");
	}
}
