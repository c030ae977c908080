// X07, an echo server: fill in what is marked TODO.  make && PORT=7777 ./echo
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main()
{
    const char *p = std::getenv("PORT");
    const auto port = p ? std::strtoul(p, nullptr, 10) : 7777;

    // TODO: socket(), SO_REUSEADDR, bind() to 127.0.0.1 and the port, listen(); look at
    // what each returns, and print the reason with std::perror()
    (void)port;

    // TODO: for ever: accept() a client, send back what it sends until it ends, and
    // close its descriptor
    return 0;
}
