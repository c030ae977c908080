// X31, descriptors with an owner: fill in what is marked TODO.
//   make && PORT=7777 ./classes
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

// Fd owns one descriptor.
class Fd {
public:
    explicit Fd(int fd = -1) noexcept : fd_(fd) {}

    // TODO: a destructor that closes what is owned; no copies; a move that leaves -1 behind

    int get() const noexcept { return fd_; }

private:
    int fd_;
};

// TODO: class Socket, which has an Fd: one that listens and accepts, or a connection that
// receives and sends. What fails throws std::system_error, but EINTR.

int main()
{
    const char *p = std::getenv("PORT");
    const auto port = p ? std::strtoul(p, nullptr, 10) : 7777;

    Fd listener; // TODO: socket(), SO_REUSEADDR, bind() to 127.0.0.1 and the port, listen()
    (void)port;

    // TODO: for ever: accept a client into a value of its own, and send back what it sends
    // until it ends. Catch inside the loop what its calls threw.
    return listener.get() < 0 ? 1 : 0;
}
