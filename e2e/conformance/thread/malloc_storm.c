/* build: static dynamic */
/* slow */
/* Eight threads allocate, fill, check, hand over and free blocks of all sizes. */
#include "conformance.h"
#include <pthread.h>

enum { threads_count = 8, rounds = 6000, slots = 64 };

struct block {
    size_t length;
    uint32_t seed;
    unsigned char bytes[];
};

static struct block *_Atomic exchange[slots];
static int damaged;

static struct block *make(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    uint32_t choice = *state >> 24;
    size_t length = choice < 200 ? choice * 4 : choice < 250 ? choice * 200 : choice * 4000;
    struct block *block = malloc(sizeof *block + length);
    block->length = length;
    block->seed = *state;
    fill_pattern(block->bytes, length < 64 ? length : 64, block->seed);
    if (length >= 96) fill_pattern(block->bytes + length - 32, 32, block->seed + 1);
    return block;
}

static void verify_and_free(struct block *block) {
    unsigned char expected[64];
    size_t front = block->length < 64 ? block->length : 64;
    fill_pattern(expected, front, block->seed);
    if (memcmp(expected, block->bytes, front) != 0) __atomic_fetch_add(&damaged, 1, __ATOMIC_SEQ_CST);
    if (block->length >= 96) {
        fill_pattern(expected, 32, block->seed + 1);
        if (memcmp(expected, block->bytes + block->length - 32, 32) != 0)
            __atomic_fetch_add(&damaged, 1, __ATOMIC_SEQ_CST);
    }
    free(block);
}

static void *work(void *argument) {
    uint32_t state = (uint32_t)(intptr_t)argument * 77777 + 1;
    for (int i = 0; i < rounds; i++) {
        struct block *block = make(&state);
        struct block *old = __atomic_exchange_n(&exchange[state % slots], block, __ATOMIC_SEQ_CST);
        if (old != NULL) verify_and_free(old);
    }
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t threads[threads_count];
    for (intptr_t i = 0; i < threads_count; i++) must_be_zero(pthread_create(&threads[i], NULL, work, (void *)i));
    for (int i = 0; i < threads_count; i++) must_be_zero(pthread_join(threads[i], NULL));
    for (int i = 0; i < slots; i++)
        if (exchange[i] != NULL) verify_and_free(exchange[i]);
    say("damaged blocks: %d", damaged);
    return finish();
}
