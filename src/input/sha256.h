/* SHA-256 (FIPS 180-4): none of the libraries we link offers it. */
#ifndef TPK_INPUT_SHA256_H
#define TPK_INPUT_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct tpk_sha256 {
    uint32_t state[8];
    uint64_t n_bytes;
    uint8_t block[64];
} tpk_sha256;

void tpk_sha256_start(tpk_sha256 *sha);
void tpk_sha256_add(tpk_sha256 *sha, const void *bytes, size_t n);
/* 64 hexadecimal digits and a terminator; the state is used up. */
void tpk_sha256_end(tpk_sha256 *sha, char hex[65]);

#endif
