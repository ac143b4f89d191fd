/* Status codes and the caller-owned error message of the Tapak library.
 *
 * Every function that can fail returns a tpk_status and takes a tpk_err as its last argument (NULL is
 * allowed). The codes are grouped by who can mend the matter; nobody needs to read message text to decide. */
#ifndef TAPAK_STATUS_H
#define TAPAK_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tpk_status {
    TPK_OK = 0,
    TPK_ERR_ARGUMENT,  /* the caller passed something a contract forbids */
    TPK_ERR_PROJECT,   /* the project file says something impossible */
    TPK_ERR_DATA,      /* an input layer cannot be used as it is */
    TPK_ERR_GRID,      /* grids or extents do not fit each other */
    TPK_ERR_CRS,       /* a coordinate reference system is missing, unknown or cannot be reached */
    TPK_ERR_IO,        /* a file cannot be read or written */
    TPK_ERR_MEMORY,    /* memory is exhausted */
    TPK_ERR_LIMIT,     /* a stated limit is exceeded */
    TPK_ERR_CANCELLED, /* the caller asked to stop */
    TPK_ERR_BUG,       /* an internal promise was broken */
    TPK_STATUS_COUNT
} tpk_status;

#define TPK_ERR_MESSAGE_SIZE 2048

/* Caller-owned; no heap. Initialise with {0}. The first error written stays. */
typedef struct tpk_err {
    tpk_status code;
    char message[TPK_ERR_MESSAGE_SIZE]; /* UTF-8, one line, without a trailing newline */
} tpk_err;

#if defined(__GNUC__)
#define TPK_API __attribute__((visibility("default")))
#define TPK_MUST_CHECK __attribute__((warn_unused_result))
#define TPK_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define TPK_API
#define TPK_MUST_CHECK
#define TPK_PRINTF(f, a)
#endif

/* Short English name of a status ("project", "memory"); "?" for a value outside the enum. Never NULL, static.
 */
TPK_API const char *tpk_status_name(tpk_status status);

#ifdef __cplusplus
}
#endif

#endif
