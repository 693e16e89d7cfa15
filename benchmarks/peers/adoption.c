/* One hash a person and week, decided with integers; OpenMP over people. */

#include <stdint.h>

static inline uint64_t mixed(uint64_t x) {
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

/* app: 0 is none. join: cumulative thresholds of the three apps; leave: by whole weeks held; both in
   units of 2^-32. change: people who joined and left by app, (2, 3). */
void advance(uint8_t *app, uint8_t *start, int64_t people, uint64_t key, int week,
             const uint32_t *join, const uint32_t *leave, int64_t *change) {
    int64_t j0 = 0, j1 = 0, j2 = 0, l0 = 0, l1 = 0, l2 = 0;
#pragma omp parallel for schedule(static) reduction(+ : j0, j1, j2, l0, l1, l2)
    for (int64_t i = 0; i < people; i++) {
        uint32_t draw = (uint32_t)(mixed(key ^ (uint64_t)i) >> 32);
        if (app[i] == 0) {
            if (draw < join[2]) {
                int picked = (draw >= join[0]) + (draw >= join[1]);
                app[i] = (uint8_t)(picked + 1);
                start[i] = (uint8_t)week;
                j0 += picked == 0; j1 += picked == 1; j2 += picked == 2;
            }
        } else if (draw < leave[week - start[i] - 1]) {
            l0 += app[i] == 1; l1 += app[i] == 2; l2 += app[i] == 3;
            app[i] = 0;
        }
    }
    int64_t found[6] = {j0, j1, j2, l0, l1, l2};
    for (int n = 0; n < 6; n++) change[n] += found[n];
}
