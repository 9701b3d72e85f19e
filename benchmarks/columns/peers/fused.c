/* The scheme of scheme.policy as one pass over the columns, for the machine's limit.
 *
 * One loop without a branch or a table, so that the compiler turns it into vector instructions.
 * Points are hundredths.  T is the type of the arithmetic and of the result: int32_t, or
 * int16_t, which holds every sum of this scheme (the largest is below 20,000).
 * A value that was not handed in is -1.
 */
#include <stdint.h>
#include <stddef.h>

/* persons that a thread takes at a time: a thread whose core is busy elsewhere holds up no other */
#define BLOCK 65536

#ifndef T
#define T int32_t
#endif

static inline T least(T a, T b) { return a < b ? a : b; }
static inline T most(T a, T b) { return a > b ? a : b; }
/* whole steps of a value that is capped first, so that the division is over small numbers */
static inline T steps(T x, T cap, T step) { return (T)((uint16_t)most(least(x, cap), 0) / (uint16_t)step); }

#define COLUMNS \
    const int8_t *restrict age, const int8_t *restrict education, const int8_t *restrict skill, \
    const int8_t *restrict title, const int16_t *restrict insured, const int16_t *restrict resident, \
    const int8_t *restrict employed, const int8_t *restrict dwelling, const int8_t *restrict shortage, \
    const int16_t *restrict tax, const int16_t *restrict invested, const int16_t *restrict jobs, \
    const int8_t *restrict patents, const int8_t *restrict models, const int8_t *restrict honour, \
    const int16_t *restrict volunteer, const int16_t *restrict blood, \
    const int16_t *restrict donated, const int16_t *restrict attendance, \
    const int8_t *restrict registered, const int8_t *restrict contract, \
    const int8_t *restrict party, const int8_t *restrict veteran, const int8_t *restrict vaccine, \
    const int16_t *restrict books, const int8_t *restrict frontline, \
    const int16_t *restrict accuracy, const int8_t *restrict penalties, \
    const int8_t *restrict defaulter, const int8_t *restrict convicted
#define ARGUMENTS \
    age, education, skill, title, insured, resident, employed, dwelling, shortage, tax, \
    invested, jobs, patents, models, honour, volunteer, blood, donated, attendance, \
    registered, contract, party, veteran, vaccine, books, frontline, accuracy, \
    penalties, defaulter, convicted

/* A function of its own, not inlined: inside an OpenMP region `restrict` would be lost. */
__attribute__((noinline)) static void block(size_t start, size_t end, T *restrict out, COLUMNS)
{
    #pragma omp simd
    for (size_t i = start; i < end; i++) {
        T x, y, shared = 0, city = 0, district = 0, lost;

        x = age[i];
        shared += (x >= 18 ? 2000 : 0) - (x >= 36 ? 500 : 0) - (x >= 46 ? 500 : 0)
                - (x >= 56 ? 500 : 0) - (x >= 61 ? 500 : 0);
        shared += most(0, least(education[i], 5)) * 500;
        x = skill[i];
        x = (x >= 1 ? 500 : 0) + (x >= 2 ? 300 : 0) + (x >= 3 ? 400 : 0) + (x >= 4 ? 600 : 0)
          + (x >= 5 ? 700 : 0);
        y = title[i];
        y = (y >= 1 ? 800 : 0) + (y >= 2 ? 700 : 0) + (y >= 3 ? 1000 : 0);
        shared += most(x, y);
        shared += most(0, least(insured[i], 80)) * 25;
        shared += least(steps(resident[i], 84, 6) * 150, 2000);

        city += most(0, least(employed[i], 5)) * 200;
        x = dwelling[i];
        city += (x >= 1 ? 500 : 0) + (x >= 2 ? 300 : 0) + (x >= 3 ? 200 : 0) + (x >= 4 ? 1000 : 0);
        city += shortage[i] == 1 ? 1500 : 0;
        /* tax in hundredths, times 1.25, half up */
        city += (5 * most(0, least(tax[i], 1600)) + 2) >> 2;
        city += steps(invested[i], 150, 10) * 100;
        city += steps(jobs[i], 50, 5) * 150;
        x = most(0, least(patents[i], 2));
        y = most(0, least(models[i], 8));
        city += least(x * 1000 + y * 200, 1500);
        x = honour[i];
        city += most(0, least(x, 3)) * 400 + (x >= 4 ? 300 : 0);
        city += steps(volunteer[i], 300, 20) * 100;
        x = blood[i];
        city += (x >= 200 ? 100 : 0) + steps(least(x, 2000) - 200, 1800, 100) * 50;
        city += steps(donated[i], 20000, 1000) * 50;
        x = attendance[i];
        city += (x >= 900 ? 600 : 0) + (x >= 950 ? 400 : 0);

        district += registered[i] == 1 ? 500 : 0;
        district += contract[i] == 1 ? 500 : 0;
        district += party[i] == 1 ? 500 : 0;
        district += veteran[i] == 1 ? 500 : 0;
        district += vaccine[i] == 1 ? 500 : 0;
        district += steps(books[i], 100, 10) * 100;
        district += most(0, least(frontline[i], 5)) * 200;
        x = accuracy[i];
        y = most(0, 1000 - steps(950 - x, 70, 10) * 150);
        district += x < 0 ? 0 : y;

        lost = most(0, least(penalties[i], 3)) * 1000 + (defaulter[i] == 1 ? 2000 : 0);
        x = least(shared, 10000) + least(city, 15000) + least(district, 5000) - lost;
        out[i] = convicted[i] == 1 ? 0 : most(0, x);
    }
}

void score(size_t n, int threads, T *restrict out, COLUMNS)
{
    #pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (size_t start = 0; start < n; start += BLOCK)
        block(start, n - start < BLOCK ? n : start + BLOCK, out, ARGUMENTS);
}
