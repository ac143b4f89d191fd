#include "server/queue.h"

#include <pthread.h>
#include <time.h>

#include "base/mem.h"

struct tpk_queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void **items; /* a ring */
    size_t capacity, first, n;
    bool closed;
};

tpk_status tpk_queue_new(size_t capacity, tpk_queue **queue, tpk_err *err)
{
    pthread_condattr_t clock;
    *queue = NULL;
    tpk_queue *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->capacity = capacity;
    made->items = tpk_alloc(capacity, sizeof *made->items);
    if (!made->items) {
        tpk_free(made);
        return tpk_err_memory(err);
    }
    pthread_mutex_init(&made->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&made->changed, &clock);
    pthread_condattr_destroy(&clock);
    *queue = made;
    return TPK_OK;
}

void tpk_queue_free(tpk_queue *queue)
{
    if (!queue) return;
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
    tpk_free(queue->items);
    tpk_free(queue);
}

bool tpk_queue_put(tpk_queue *queue, void *item)
{
    pthread_mutex_lock(&queue->lock);
    bool fits = !queue->closed && queue->n < queue->capacity;
    if (fits) {
        queue->items[(queue->first + queue->n) % queue->capacity] = item;
        queue->n++;
        pthread_cond_signal(&queue->changed);
    }
    pthread_mutex_unlock(&queue->lock);
    return fits;
}

/* Holding the lock, with an item in the queue. */
static void *take_first(tpk_queue *queue)
{
    void *item = queue->items[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->n--;
    return item;
}

static struct timespec moment_after(double wait_s)
{
    enum { NS_PER_S = 1000000000 };
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    moment.tv_sec += (time_t)wait_s;
    moment.tv_nsec += (long)((wait_s - (double)(time_t)wait_s) * NS_PER_S);
    if (moment.tv_nsec >= NS_PER_S) {
        moment.tv_sec++;
        moment.tv_nsec -= NS_PER_S;
    }
    return moment;
}

bool tpk_queue_take(tpk_queue *queue, double patience_s, void **item)
{
    const struct timespec last = moment_after(patience_s);
    int late = 0;
    pthread_mutex_lock(&queue->lock);
    while (queue->n == 0 && !queue->closed && !late)
        late = pthread_cond_timedwait(&queue->changed, &queue->lock, &last);
    *item = queue->n > 0 ? take_first(queue) : NULL;
    bool ended = !*item && queue->closed;
    pthread_mutex_unlock(&queue->lock);
    return !ended;
}

void *tpk_queue_take_due(tpk_queue *queue, bool (*is_due)(const void *item))
{
    pthread_mutex_lock(&queue->lock);
    bool due = queue->n > 0 && is_due(queue->items[queue->first]);
    void *item = due ? take_first(queue) : NULL;
    pthread_mutex_unlock(&queue->lock);
    return item;
}

void tpk_queue_close(tpk_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}
