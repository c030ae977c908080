#include <stddef.h>       /* offsetof */
#include <stdint.h>       /* uint32_t */

struct record {
    char kind;
    uint32_t count;
};

_Static_assert(sizeof(struct record) == 5, "a char and four bytes");
