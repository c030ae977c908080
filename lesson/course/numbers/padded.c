#include <stddef.h>       /* offsetof */
#include <stdint.h>       /* uint32_t */

struct record {
    char kind;
    uint32_t count;
};

_Static_assert(sizeof(struct record) == 8, "three bytes are between them");
_Static_assert(offsetof(struct record, count) == 4, "behind those three");
