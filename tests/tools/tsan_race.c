/* A program with a data race: the thread sanitizer must find it, or `make tsan` proves nothing. */
#include <stdio.h>

int main(void)
{
    long sum = 0;
#pragma omp parallel for num_threads(4)
    for (int i = 0; i < 100000; i++) sum += i;
    printf("%ld\n", sum);
    return 0;
}
