/* build: static dynamic */
/* slow */
/* 50 threads and one condition variable: producers and consumers over a queue of eight places; nothing is lost or doubled. */
#include "conformance.h"
#include <pthread.h>

enum { producers = 25, consumers = 25, each = 400, places = 8 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int queue[places], head, length, running = producers;
static unsigned char seen[producers * each];

static void *produce(void *argument) {
    int own = (int)(intptr_t)argument;
    for (int i = 0; i < each; i++) {
        pthread_mutex_lock(&mutex);
        while (length == places) pthread_cond_wait(&changed, &mutex);
        queue[(head + length++) % places] = own * each + i;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    pthread_mutex_lock(&mutex);
    running--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void *consume(void *argument) {
    long count = 0;
    (void)argument;
    for (;;) {
        pthread_mutex_lock(&mutex);
        while (length == 0 && running > 0) pthread_cond_wait(&changed, &mutex);
        if (length == 0) break;
        seen[queue[head]]++;
        head = (head + 1) % places;
        length--;
        count++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    pthread_mutex_unlock(&mutex);
    return (void *)count;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t threads[producers + consumers];
    for (intptr_t i = 0; i < producers; i++) must_be_zero(pthread_create(&threads[i], NULL, produce, (void *)i));
    for (int i = 0; i < consumers; i++) must_be_zero(pthread_create(&threads[producers + i], NULL, consume, NULL));
    long total = 0;
    for (int i = 0; i < producers + consumers; i++) {
        void *count;
        must_be_zero(pthread_join(threads[i], &count));
        total += (long)count;
    }
    int once = 0;
    for (int i = 0; i < producers * each; i++)
        if (seen[i] == 1) once++;
    say("consumed %ld, exactly once %d of %d", total, once, producers * each);
    return finish();
}
