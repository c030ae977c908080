#include <sys/socket.h>
#include <unistd.h>
#include <utility>

// Fd owns a descriptor: it closes it, once, at the end of its scope.
class Fd {
public:
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd() { if (fd_ >= 0) close(fd_); }

    Fd(Fd &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd(const Fd &) = delete;
    Fd &operator=(const Fd &) = delete;

    int get() const { return fd_; }

private:
    int fd_;
};

void twice()
{
    Fd a{socket(AF_INET, SOCK_STREAM, 0)};
    Fd b = a;   // both would close 3
}
