/* One week of the consumers in C: the algorithm of sim/world/consumer_kernel.py, count for count.

   Tables as `sim.world.consumer_rates.week_rates` makes them. Blocks are split among threads. */

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 2048, COLUMNS = 64, HASHES = 256, HALVES = 512, UNTIL = 65, PAIRS = 256 };
static const double ONE = 1099511627776.0, MOST = 9007199254740992.0;

typedef struct {
    const uint32_t *bounds;
    const double *base, *factor;
    const int64_t *tier, *take_up, *first, *second, *subscribe, *switches;
    int64_t young, share;
} Rates;

static inline uint64_t mixed(uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static inline int64_t leaving(int64_t slot, const double *base, const double *factor) {
    double hazard = base[((slot >> 6) & 0x3FE) | ((slot >> 2) & 1)] * factor[slot & 127];
    return (int64_t)(hazard < MOST ? hazard : MOST);
}

static inline int happens(int64_t uniform, int64_t hazard) {
    double x = (double)hazard;
    if ((double)uniform < x - x * x * (0.5 / ONE) - x * 1e-12 - 2.0) return 1;
    return uniform < (int64_t)(-expm1(-x / ONE) * ONE);
}

static inline int64_t part(int64_t total, int64_t fraction) {
    return (int64_t)(((unsigned __int128)total * (uint64_t)fraction) >> 32);
}

static inline int64_t codes_of(int64_t word) {
    return ((word << 1) & 0xF0) | ((word >> 19) & 15);
}

static inline int64_t picked(int64_t x, const int64_t *until) {
    int64_t place = 0;
    for (int step = 32; step; step >>= 1) place += until[place + step] <= x ? step : 0;
    return place;
}

static inline int64_t new_slot(int64_t week, int64_t code, int64_t kind) {
    return (week << 7) | (code << 3) | (kind == 0 ? 4 : 0);
}

static void keep(const uint32_t *restrict people, const uint32_t *restrict halves,
                 uint32_t young, const uint32_t *restrict bounds, uint32_t *restrict masks) {
    memset(masks, 0, COLUMNS * sizeof *masks);
    for (int byte = 0; byte < 4; byte++) {
        const uint32_t *b = bounds + 6 * byte;
        uint32_t lowest = (uint32_t)(((uint64_t)1 << (8 * byte + 8)) - 1);
        for (int row = 0; row < 8; row++)
            for (int c = 0; c < COLUMNS; c++) {
                uint32_t word = people[(8 * byte + row) * COLUMNS + c];
                uint32_t bound = word >= 1 ? b[1] : b[0];
                bound = word >= young ? b[2] : bound;
                bound = word >= 1u << 16 ? b[3] : bound;
                bound = word >= young << 16 ? b[4] : bound;
                bound = word & 0x00030003u ? b[5] : bound;
                masks[c] |= (halves[row * COLUMNS + c] & lowest) <= bound
                                ? (uint32_t)1 << (8 * byte + row) : 0;
            }
    }
}

/* Fill the outcome of a holder who acts; switching is left to the caller. */
static inline void act(int64_t word, int64_t x, int64_t week, const double *factor,
                       const int64_t *second, const Rates *r, int64_t *after, int64_t *lost,
                       int64_t *gained, int64_t *kind) {
    int64_t low = word & 0xFFFF, high = word >> 16, slot = low, rest = high;
    int64_t leave = leaving(low, r->base, factor), change = r->tier[low & 127];
    int of_high = high != 0 && x >= leave + change;
    if (of_high) {
        x -= leave + change;
        slot = high, rest = low;
        leave = leaving(high, r->base, factor), change = r->tier[high & 127];
    }
    int64_t code = (slot >> 3) & 15, pays = (slot & 3) != 0;
    if (x < leave) {
        *after = rest, *lost = code, *gained = 0, *kind = 4 + pays;
    } else if (high == 0 && x >= leave + change) {
        int64_t before = second[4 * (code - 1)], own = second[4 * code] - before;
        x -= leave + change;
        int64_t adoption = picked(x + (x >= before ? own : 0), second);
        *lost = 0, *gained = adoption / 4 + 1, *kind = adoption % 4;
        *after = low | (new_slot(week, *gained, *kind) << 16);
    } else {
        int64_t tiered = pays ? slot & ~3 : slot | (x - leave < r->subscribe[code] ? 1 : 2);
        *after = of_high ? low | (tiered << 16) : tiered | (high << 16);
        *lost = *gained = code, *kind = 6 + pays;
    }
}

static int64_t next_code(uint64_t random, int64_t left, int64_t kept, const int64_t *until) {
    int64_t a = left < kept ? left : kept, b = left < kept ? kept : left;
    int64_t wa = until[a + 1] - until[a], wb = until[b + 1] - until[b];
    int64_t total = until[16] - wa - wb, code = 0;
    if (total == 0) return 0;
    int64_t x = part(total, (int64_t)(random & 0xFFFFFFFFu));
    x += x >= until[a] ? wa : 0;
    x += x >= until[b] ? wb : 0;
    while (until[code + 1] <= x) code++;
    return code;
}

static void block_week(uint32_t *people, int64_t start, int64_t inside, int64_t segment,
                       const uint64_t *keys, int64_t segments, int64_t week, const Rates *r,
                       int64_t *events) {
    uint32_t halves[HALVES], masks[COLUMNS];
    const double *factor = r->factor + segment * 128;
    const int64_t *take_up = r->take_up + segment * PAIRS;
    const int64_t *first = r->first + segment * UNTIL, *second = r->second + segment * UNTIL;
    uint64_t shared = keys[segment], own_key = keys[segments + segment];
    uint64_t switch_key = keys[2 * segments + segment];
    for (int j = 0; j < HASHES; j++) {
        uint64_t drawn = mixed(shared ^ (uint64_t)(start / 8 + j));
        halves[j] = (uint32_t)drawn;
        halves[j + HASHES] = (uint32_t)(drawn >> 32);
    }
    keep(people, halves, (uint32_t)r->young, r->bounds + segment * 24, masks);
    for (int c = 0; c < COLUMNS; c++)
        for (uint32_t left = masks[c]; left; left &= left - 1) {
            int64_t i = __builtin_ctz(left) * COLUMNS + c;
            uint64_t own = mixed(own_key ^ (uint64_t)(start + i));
            int64_t word = people[i], low = word & 0xFFFF, high = word >> 16;
            int64_t byte = (halves[i & (HALVES - 1)] >> ((i >> 9) << 3)) & 255;
            int64_t uniform = (byte << 32) | (int64_t)(own >> 32);
            int64_t total = leaving(low, r->base, factor) + leaving(high, r->base, factor)
                            + r->tier[low & 127] + r->tier[high & 127] + take_up[codes_of(word)];
            if (uniform >= total || i >= inside || !happens(uniform, total)) continue;
            int64_t x = part(total, (int64_t)(own & 0xFFFFFFFFu)), after, lost, gained, kind;
            if (word == 0) {
                int64_t adoption = picked(x, first);
                lost = 0, gained = adoption / 4 + 1, kind = adoption % 4;
                after = new_slot(week, gained, kind);
            } else {
                act(word, x, week, factor, second, r, &after, &lost, &gained, &kind);
                if (gained == 0) {
                    uint64_t random = mixed(switch_key ^ (uint64_t)(start + i));
                    if ((int64_t)(random >> 32) < r->share) {
                        gained = next_code(random, lost, (after >> 3) & 15, r->switches);
                        int64_t slot = new_slot(week, gained, kind);
                        if (gained) after = after == 0 ? slot : after | (slot << 16);
                    }
                }
            }
            events[(lost * 16 + gained) * 8 + kind]++;
            people[i] = (uint32_t)after;
        }
}

void week_of_all(uint32_t *words, const int64_t *segment_of_block, const int64_t *block_of_segment,
                 const int64_t *size, const uint64_t *keys, int64_t segments, int64_t week,
                 const Rates *rates, int64_t blocks, int threads, int64_t *events) {
#pragma omp parallel num_threads(threads)
    {
        int64_t own[2048] = {0};
#pragma omp for schedule(static)
        for (int64_t block = 0; block < blocks; block++) {
            int64_t segment = segment_of_block[block];
            int64_t start = (block - block_of_segment[segment]) * BLOCK;
            block_week(words + block * BLOCK, start, size[segment] - start, segment, keys,
                       segments, week, rates, own);
        }
#pragma omp critical
        for (int k = 0; k < 2048; k++) events[k] += own[k];
    }
}
