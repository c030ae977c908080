#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static unsigned char narrow(int x) { return x; }
static short shorter(long x) { return x; }
static int8_t signedByte(unsigned x) { return x; }
static bool truth(int x) { return x; }

int main(void)
{
    uint16_t port = 70000;
    uint8_t b = 300;
    int8_t s = 200;
    short h = 40000;
    int i = 5000000000;
    unsigned u = -1;
    long l = 1L << 40;
    unsigned long ul = -2;
    bool t = 256;
    char c = 'A' + 1;
    printf("%d %d %d %d %d %u %ld %lu %d %c\n", port, b, s, h, i, u, l, ul, t, c);
    printf("%d %d %d %d\n", narrow(511), shorter(65537 + 32768), signedByte(255), truth(2));
    printf("%d %d %d\n", -1 < 1u, (long)-1 < 1u, (short)-1 < (unsigned short)1);
    printf("%d %d\n", u > 0, -1 > sizeof(int));
    printf("%d %d %d\n", b + b, b << 8, ~b);
    printf("%u %d %lu\n", u + 1, (int)u, (unsigned long)u + 1);
    printf("%ld %ld\n", (long)u, (long)(int)u);
    printf("%d %d %d %d\n", -7 / 2, -7 % 2, 7 / -2, 7 % -2);
    printf("%d %d\n", -8 >> 1, (unsigned)-8 >> 28);
    printf("%d %d %d\n", 1 << 4, 0x10, 010);
    printf("%ld %lu %lld\n", 0xffffffff, 0xffffffffffffffff, 2147483648);
    printf("%d %d %d %d\n", 'a', '\n', '\x41', '\101');
    printf("%d %d\n", (char)200, (unsigned char)200);
    printf("%d\n", INT_MAX + 0 == 2147483647 && INT_MIN == -INT_MAX - 1);
    port++;
    b--;
    s += 100;
    h -= 1;
    u *= 3;
    l >>= 3;
    ul ^= 0xff;
    i = i % 1000;
    printf("%d\n", i++);
    printf("%d\n", ++i);
    printf("%d %d %d %d %u %ld %lu\n", port, b, s, h, u, l, ul);
    b = 0;
    b--;
    port = 0;
    port -= 1;
    printf("%d %d\n", b, port);
    int x = 5, y;
    y = x++ * 2;
    printf("%d %d\n", x, y);
    printf("%d\n", --x);
    printf("%d\n", x-- - 1);
    x = y = 3;
    x += y -= 1;
    printf("%d %d\n", x, y);
    x = (1, 2, 3);
    printf("%d %d %d\n", x, x > 2 ? 10 : 20, !x);
    printf("%d %d %d\n", 1 && 0 || 1, 1 & 3 ^ 2 | 8, 3 == 3 != 0);
    printf("%d %d\n", 5 > 4 > 3, 1 + 2 << 1);
    printf("%ld\n", sizeof(long) - 9 > 0 ? 1L : 2L);
    uint64_t big = 0x0102030405060708;
    unsigned char *p = (unsigned char *)&big;
    printf("%d %d %d\n", p[0] + p[7], *(uint16_t *)&big == 0x0708, (int)(uint32_t)(big >> 32));
    int8_t arr[3] = {127, -128, (int8_t)129};
    printf("%d %d %d %d\n", arr[0], arr[1], arr[2], arr[0] + 1);
    unsigned short us = 65535;
    printf("%d %d\n", us * 2, (unsigned short)(us + 1));
    signed char sc = -1;
    printf("%u %d %d\n", (unsigned)sc, sc == -1, (unsigned char)sc == 255);
    const unsigned long long ull = 18446744073709551615u;
    printf("%llu %lld\n", ull, (long long)ull);
    return -1;
}
