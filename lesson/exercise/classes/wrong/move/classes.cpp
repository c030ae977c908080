/* fails: once
 * belief: -
 *
 * The move constructor copies the number and leaves it in the other object as well.
 */
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

[[noreturn]] static void fail(const char *what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

// Fd owns one descriptor: it is closed once, by the last owner's destructor.
class Fd {
public:
    explicit Fd(int fd = -1) noexcept : fd_(fd) {}
    ~Fd() { reset(); }

    Fd(const Fd &) = delete;
    Fd &operator=(const Fd &) = delete;
    Fd(Fd &&other) noexcept : fd_(other.fd_) {}
    Fd &operator=(Fd &&other) noexcept
    {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }

    int get() const noexcept { return fd_; }

private:
    void reset() noexcept
    {
        if (fd_ >= 0)
            ::close(fd_);
        fd_ = -1;
    }

    int fd_;
};

// Socket is a TCP socket: one that listens, or a connection.
class Socket {
public:
    static Socket listening(in_port_t port)
    {
        Socket s{::socket(AF_INET, SOCK_STREAM, 0)};
        if (s.fd_.get() < 0)
            fail("socket");
        int on = 1;
        if (::setsockopt(s.fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
            fail("setsockopt");
        sockaddr_in me{};
        me.sin_family = AF_INET;
        me.sin_port = htons(port);
        me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(s.fd_.get(), reinterpret_cast<sockaddr *>(&me), sizeof me) < 0)
            fail("bind");
        if (::listen(s.fd_.get(), 16) < 0)
            fail("listen");
        return s;
    }

    Socket accept() const
    {
        for (;;) {
            int fd = ::accept(fd_.get(), nullptr, nullptr);
            if (fd >= 0)
                return Socket{fd};
            if (errno != EINTR && errno != ECONNABORTED)
                fail("accept");
        }
    }

    // receive returns how many bytes came, 0 at the end of the stream.
    std::size_t receive(char *buf, std::size_t size) const
    {
        for (;;) {
            ssize_t n = ::recv(fd_.get(), buf, size, 0);
            if (n >= 0)
                return static_cast<std::size_t>(n);
            if (errno != EINTR)
                fail("recv");
        }
    }

    void send_all(const char *p, std::size_t n) const
    {
        while (n > 0) {
            ssize_t k = ::send(fd_.get(), p, n, MSG_NOSIGNAL);
            if (k < 0 && errno == EINTR)
                continue;
            if (k < 0)
                fail("send");
            p += k;
            n -= static_cast<std::size_t>(k);
        }
    }

private:
    explicit Socket(int fd) noexcept : fd_(fd) {}

    Fd fd_;
};

// talk sends back what comes until the client has ended. It owns the client.
static void talk(Socket client)
{
    char buf[4096];
    while (std::size_t n = client.receive(buf, sizeof buf))
        client.send_all(buf, n);
}

// passes reports whether accept() failed for a reason that passes.
static bool passes(const std::system_error &e)
{
    int code = e.code().value();
    return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

static void serve(const Socket &listener)
{
    for (;;) {
        try {
            Socket client = listener.accept();
            try {
                talk(std::move(client));
            } catch (const std::system_error &e) {
                std::fprintf(stderr, "a client: %s\n", e.what());
            }
        } catch (const std::system_error &e) {
            if (!passes(e))
                throw;
            std::fprintf(stderr, "%s\n", e.what());
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
}

int main()
{
    const char *p = std::getenv("PORT");
    const auto port = p ? std::strtoul(p, nullptr, 10) : 7777;
    try {
        serve(Socket::listening(static_cast<in_port_t>(port)));
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
