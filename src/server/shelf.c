#include "server/shelf.h"

#include <pthread.h>

#include "base/mem.h"

struct tpk_shelf_text {
    tpk_shelf *shelf;
    tpk_shelf_key key;
    char *bytes; /* owned */
    size_t n;
    int n_users;
    tpk_shelf_text *next; /* asked for longer ago */
};

struct tpk_shelf {
    pthread_mutex_t making; /* held by the one that makes a text; taken before `lock` */
    pthread_mutex_t lock;   /* of everything below, and of n_users and next of the texts */
    size_t n_most, n_kept;  /* bytes */
    tpk_shelf_text *texts;  /* owned; what was asked for last is the first */
};

tpk_status tpk_shelf_new(size_t most_bytes, tpk_shelf **shelf, tpk_err *err)
{
    tpk_shelf *made = *shelf = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    pthread_mutex_init(&made->making, NULL);
    pthread_mutex_init(&made->lock, NULL);
    made->n_most = most_bytes;
    return TPK_OK;
}

static void text_free(tpk_shelf_text *text)
{
    tpk_free(text->bytes);
    tpk_free(text);
}

void tpk_shelf_free(tpk_shelf *shelf)
{
    if (!shelf) return;
    for (tpk_shelf_text *text = shelf->texts, *next; text; text = next) {
        next = text->next;
        text_free(text);
    }
    pthread_mutex_destroy(&shelf->lock);
    pthread_mutex_destroy(&shelf->making);
    tpk_free(shelf);
}

/* ---- taking; the lock is held ---- */

static bool is_same(const tpk_shelf_key *a, const tpk_shelf_key *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
           a->packed == b->packed;
}

static void put_first(tpk_shelf *shelf, tpk_shelf_text *text)
{
    text->next = shelf->texts;
    shelf->texts = text;
    text->n_users++;
}

/* Drops the text that nobody has and nobody asked for the longest. False: there is none. */
static bool drop_one(tpk_shelf *shelf)
{
    tpk_shelf_text **oldest = NULL;
    for (tpk_shelf_text **at = &shelf->texts; *at; at = &(*at)->next) {
        if ((*at)->n_users == 0) oldest = at;
    }
    if (!oldest) return false;
    tpk_shelf_text *text = *oldest;
    *oldest = text->next;
    shelf->n_kept -= text->n;
    text_free(text);
    return true;
}

/* ---- taking ---- */

static tpk_shelf_text *find(tpk_shelf *shelf, const tpk_shelf_key *key)
{
    tpk_shelf_text *text = NULL;
    pthread_mutex_lock(&shelf->lock);
    for (tpk_shelf_text **at = &shelf->texts; *at; at = &(*at)->next) {
        if (!is_same(&(*at)->key, key)) continue;
        text = *at;
        *at = text->next;
        put_first(shelf, text);
        break;
    }
    pthread_mutex_unlock(&shelf->lock);
    return text;
}

/* Of texts that are being sent, which stay. */
static size_t count_used(const tpk_shelf *shelf)
{
    size_t n = 0;
    for (const tpk_shelf_text *text = shelf->texts; text; text = text->next) n += text->n_users ? text->n : 0;
    return n;
}

/* Room for a text as large as its file, since how small it packs is not known yet. */
static bool make_room(tpk_shelf *shelf, size_t n)
{
    pthread_mutex_lock(&shelf->lock);
    bool fits = n <= shelf->n_most && count_used(shelf) <= shelf->n_most - n;
    while (fits && shelf->n_kept > shelf->n_most - n) fits = drop_one(shelf);
    pthread_mutex_unlock(&shelf->lock);
    return fits;
}

/* What is kept grows here alone, by one thread at a time, so that the room it was given is still there. */
static tpk_status make_text(tpk_shelf *shelf, const tpk_shelf_key *key, tpk_shelf_make *make, void *user,
                            tpk_shelf_text **text, tpk_err *err)
{
    tpk_shelf_text *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    tpk_status status = make(user, &made->bytes, &made->n, err);
    if (status != TPK_OK) {
        tpk_free(made);
        return status;
    }
    made->shelf = shelf;
    made->key = *key;
    pthread_mutex_lock(&shelf->lock);
    put_first(shelf, made);
    shelf->n_kept += made->n;
    pthread_mutex_unlock(&shelf->lock);
    *text = made;
    return TPK_OK;
}

tpk_status tpk_shelf_take(tpk_shelf *shelf, const tpk_shelf_key *key, tpk_shelf_make *make, void *user,
                          tpk_shelf_text **text, tpk_err *err)
{
    tpk_status status = TPK_OK;
    if ((*text = find(shelf, key))) return TPK_OK;
    pthread_mutex_lock(&shelf->making);
    *text = find(shelf, key); /* made meanwhile by the one that was waited for */
    if (!*text && make_room(shelf, (size_t)key->size)) status = make_text(shelf, key, make, user, text, err);
    pthread_mutex_unlock(&shelf->making);
    return status;
}

void tpk_shelf_give(tpk_shelf_text *text)
{
    if (!text) return;
    tpk_shelf *shelf = text->shelf;
    pthread_mutex_lock(&shelf->lock);
    text->n_users--;
    pthread_mutex_unlock(&shelf->lock);
}

const char *tpk_shelf_bytes(const tpk_shelf_text *text, size_t *n)
{
    *n = text->n;
    return text->bytes;
}
