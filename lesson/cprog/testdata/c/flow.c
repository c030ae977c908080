#include <stdio.h>
#include <string.h>

struct point { int x, y; };
struct list { int n; struct list *next; struct point p[2]; };

static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static void swap(int *a, int *b) { int t = *a; *a = *b; *b = t; }
static int sum(const int *v, int n) { int s = 0; while (n--) s += *v++; return s; }
static struct point *moved(struct point *p, int dx) { p->x += dx; return p; }
static int norm(struct point p) { p.x *= p.x; p.y *= p.y; return p.x + p.y; }
static int even(int n);
static int odd(int n) { return n == 0 ? 0 : even(n - 1); }
static int even(int n) { return n == 0 ? 1 : odd(n - 1); }
int shared = 3, *pointer = &shared;
int table[] = {5, 4, [4] = 1, 2};

int main(int argc, char *argv[])
{
    printf("%d %d %d\n", fib(12), odd(7), argc > 0 && argv[argc] == NULL);
    int a = 1, b = 2;
    swap(&a, &b);
    printf("%d %d\n", a, b);
    int v[] = {1, 2, 3, 4};
    printf("%d %d\n", sum(v, 4), sum(v + 1, 2));
    struct point p = {3, 4}, q = p, z = {0};
    moved(&q, 10)->y = 7;
    printf("%d %d %d %d %d %d\n", norm(p), p.x, q.x, q.y, z.x, z.y);
    struct list l2 = {2, NULL, {{1, 2}, {3, 4}}}, l1 = {1, &l2, {[1] = {.y = 9}}};
    for (struct list *it = &l1; it != NULL; it = it->next)
        printf("%d %d %d\n", it->n, it->p[1].x, it->p[1].y);
    l1.p[0] = l2.p[1];
    printf("%d %d\n", l1.p[0].x, l1.next->p[0].y);
    for (int i = 0; i < 10; i++) {
        if (i == 3) continue;
        if (i == 6) break;
        printf("%d ", i);
    }
    printf("\n");
    int n = 0;
    do {
        n += 2;
        if (n == 4) continue;
    } while (n < 7);
    printf("%d\n", n);
    for (int i = 0; i < 6; i++) {
        switch (i) {
        case 0:
            printf("zero ");
        case 1:
            printf("one ");
            break;
        case 2: {
            int inner = 5;
            printf("%d ", inner);
            break;
        }
        case 4:
            continue;
        default:
            printf("other ");
        }
        printf("; ");
    }
    printf("\n");
    int x = 1;
    {
        int x = 2;
        { int x = 3; printf("%d ", x); }
        printf("%d ", x);
    }
    printf("%d\n", x);
    int calls = 0;
    if (0 && ++calls) { }
    if (1 || ++calls) { }
    printf("%d\n", calls);
    printf("%d\n", (calls++, calls++, calls));
    *pointer += 4;
    printf("%d %d %zu %d %d\n", shared, *pointer, sizeof table / sizeof table[0], table[4], table[5]);
    int *w = v, *e = v + 4;
    while (w < e) *w++ *= 2;
    printf("%d %d %ld %d\n", v[0], v[3], (long)(w - v), w == e);
    printf("%d %d\n", *(v + 2), 2[v]);
    struct point *arr[2] = {&p, &q};
    arr[1]->x = 77;
    printf("%d %d\n", q.x, (*arr[0]).y);
    int m[2][2] = {1, 2, 3, 4};
    m[1][0] += m[0][1] * 10;
    printf("%d %d\n", m[1][0], *m[1]);
    int k = 10;
    while (1)
        if (--k < 3)
            break;
        else
            continue;
    printf("%d\n", k);
    for (;;) { if (k++ > 5) break; }
    printf("%d %d\n", k, a ? b ? 1 : 2 : 3);
    char letters[3][4] = {"ab", "cd", "ef"};
    printf("%s %s %c\n", letters[1], letters[2], letters[0][1]);
    if (a) if (!a) printf("no"); else printf("dangling\n");
    memset(&l1, 0, sizeof l1);
    return l1.n + 3;
}
