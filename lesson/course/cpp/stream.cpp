#include <iostream>
#include <sys/socket.h>

int main()
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    std::iostream wire(s);
    wire << "hello" << std::endl;
}
