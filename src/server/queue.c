#include "server/queue.h"

#include <pthread.h>

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
    pthread_cond_init(&made->changed, NULL);
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

void *tpk_queue_take(tpk_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->n == 0 && !queue->closed) pthread_cond_wait(&queue->changed, &queue->lock);
    void *item = queue->n > 0 ? take_first(queue) : NULL;
    pthread_mutex_unlock(&queue->lock);
    return item;
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
