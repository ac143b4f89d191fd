#include "server/guests.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

struct tpk_guest {
    tpk_guests *house;
    int fd;        /* -1: nobody */
    double last_s; /* when the request must be here; HUGE_VAL: it is */
};

struct tpk_guests {
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t closing;
    pthread_t porter;
    bool has_porter, is_closing;
    double patience_s;
    size_t n;
    tpk_guest *guests;
};

/* ---- the porter ---- */

/* What is shut is closed, and told to leave, by whoever serves it. */
static void shut_the_silent(tpk_guests *house)
{
    double now_s = tpk_now_seconds();
    for (size_t i = 0; i < house->n; i++) {
        tpk_guest *guest = &house->guests[i];
        if (guest->fd < 0 || now_s < guest->last_s) continue;
        shutdown(guest->fd, SHUT_RDWR);
        guest->last_s = HUGE_VAL;
    }
}

static void *keep_the_door(void *user)
{
    tpk_guests *house = user;
    pthread_mutex_lock(&house->lock);
    while (!house->is_closing) {
        struct timespec next;
        shut_the_silent(house);
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec++;
        pthread_cond_timedwait(&house->closing, &house->lock, &next);
    }
    pthread_mutex_unlock(&house->lock);
    return NULL;
}

/* ---- the house ---- */

tpk_status tpk_guests_new(size_t n_most, double patience_s, tpk_guests **guests, tpk_err *err)
{
    *guests = NULL;
    tpk_guests *house = tpk_zalloc(1, sizeof *house);
    if (!house) return tpk_err_memory(err);
    pthread_mutex_init(&house->lock, NULL);
    pthread_cond_init(&house->closing, NULL);
    house->patience_s = patience_s;
    house->n = n_most;
    house->guests = tpk_alloc(n_most, sizeof *house->guests);
    for (size_t i = 0; house->guests && i < n_most; i++) house->guests[i] = (tpk_guest){house, -1, HUGE_VAL};
    house->has_porter = house->guests && pthread_create(&house->porter, NULL, keep_the_door, house) == 0;
    if (!house->has_porter) {
        tpk_guests_free(house);
        return tpk_err_memory(err);
    }
    *guests = house;
    return TPK_OK;
}

void tpk_guests_free(tpk_guests *house)
{
    if (!house) return;
    pthread_mutex_lock(&house->lock);
    house->is_closing = true;
    pthread_cond_signal(&house->closing);
    pthread_mutex_unlock(&house->lock);
    if (house->has_porter) pthread_join(house->porter, NULL);
    pthread_cond_destroy(&house->closing);
    pthread_mutex_destroy(&house->lock);
    tpk_free(house->guests);
    tpk_free(house);
}

/* ---- guests ---- */

tpk_guest *tpk_guests_enter(tpk_guests *house, int fd)
{
    tpk_guest *found = NULL;
    pthread_mutex_lock(&house->lock);
    for (size_t i = 0; i < house->n && !found; i++) {
        if (house->guests[i].fd < 0) found = &house->guests[i];
    }
    if (found) *found = (tpk_guest){house, fd, tpk_now_seconds() + house->patience_s};
    pthread_mutex_unlock(&house->lock);
    return found;
}

static void await_until(tpk_guest *guest, double last_s)
{
    pthread_mutex_lock(&guest->house->lock);
    guest->last_s = last_s;
    pthread_mutex_unlock(&guest->house->lock);
}

void tpk_guest_heard(tpk_guest *guest)
{
    if (guest) await_until(guest, HUGE_VAL);
}

void tpk_guest_answered(tpk_guest *guest)
{
    if (guest) await_until(guest, tpk_now_seconds() + guest->house->patience_s);
}

void tpk_guest_leave(tpk_guest *guest)
{
    if (!guest) return;
    pthread_mutex_lock(&guest->house->lock);
    guest->fd = -1;
    pthread_mutex_unlock(&guest->house->lock);
}
