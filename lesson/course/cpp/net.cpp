#include <iostream>
#include <net>

int main()
{
    std::cout << "networking, from the standard library\n";
}
