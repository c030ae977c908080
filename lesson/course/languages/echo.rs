// A server and a client in one program. The server closes first.
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:7777")?;
    let mut client = TcpStream::connect("127.0.0.1:7777")?;
    let (mut server, _) = listener.accept()?;

    client.write_all(b"hi")?;
    let mut got = [0u8; 4];
    let n = server.read(&mut got)?;
    println!("{n}");
    server.write_all(&got[..n])?;
    drop(server);

    let n = client.read(&mut got)?;
    println!("{}", String::from_utf8_lossy(&got[..n]));
    client.write_all(b"a")?; // the answer to this is a reset
    if let Err(e) = client.write_all(b"b") {
        println!("{:?}", e.kind());
    }
    Ok(())
}
