// A server and a client in one program. The server closes first.
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

class Echo {
    public static void main(String[] args) throws IOException {
        InetAddress here = InetAddress.getByName("127.0.0.1");
        ServerSocket listener = new ServerSocket(7777, 0, here);
        Socket client = new Socket(here, 7777);
        Socket server = listener.accept();

        client.getOutputStream().write("hi".getBytes());
        byte[] got = new byte[4];
        int n = server.getInputStream().read(got);
        System.out.println(n);
        server.getOutputStream().write(got, 0, n);
        server.close();

        n = client.getInputStream().read(got);
        System.out.println(new String(got, 0, n));
        try {
            client.getOutputStream().write('a'); // the answer to this is a reset
            client.getOutputStream().write('b');
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
        client.close();
        listener.close();
    }
}
