/* Is a file still the one that was read? */
#ifndef TPK_BASE_STAMP_H
#define TPK_BASE_STAMP_H

#include <stdint.h>

/* Identity, size and times of a file in one number, another after any change; 0: there is no such file, or it
 * is no regular one. Any thread. */
uint64_t tpk_file_stamp(const char *path);

/* The same without the time at which owner or name changed last, for files that get an owner from whoever
 * opens them. */
uint64_t tpk_content_stamp(const char *path);

/* One stamp of two, in this order; 0 adds nothing. */
uint64_t tpk_stamp_join(uint64_t first, uint64_t second);

#endif
