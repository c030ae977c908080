#include <netinet/in.h>
#include <sys/socket.h>
#include <type_traits>
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

static_assert(!std::is_copy_constructible_v<Fd>, "one owner only");
static_assert(std::is_nothrow_move_constructible_v<Fd>, "but it can change");

bool serve(const sockaddr_in &a)
{
    Fd s{socket(AF_INET, SOCK_STREAM, 0)};
    if (bind(s.get(), reinterpret_cast<const sockaddr *>(&a), sizeof a) < 0)
        return false;   // s is closed here
    return listen(s.get(), 5) == 0;
}
