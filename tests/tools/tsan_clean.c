/* Correct code with the OpenMP constructs that Tapak uses: the thread sanitizer must not accuse it. */
#include <stdio.h>

enum { N = 1000 };

static long shared[N];

int main(void)
{
    long sum = 0, most = 0;
#pragma omp parallel num_threads(4)
    {
#pragma omp for schedule(dynamic)
        for (int i = 0; i < N; i++) shared[i] = i;
#pragma omp for reduction(+ : sum)
        for (int i = 0; i < N; i++) sum += shared[N - 1 - i];
#pragma omp critical
        most += shared[N - 1];
#pragma omp barrier
#pragma omp single
        shared[0] = most;
#pragma omp for ordered schedule(dynamic)
        for (int i = 1; i < N; i++) {
#pragma omp ordered
            shared[i] += shared[i - 1];
        }
    }
    printf("%ld %ld\n", sum, shared[N - 1]);
    return 0;
}
