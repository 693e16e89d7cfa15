/* One week of the consumers in C: the algorithm of sim/world/consumer_kernel.py, count for count.

   Tables as `sim.world.consumer_rates.week_rates` makes them. Blocks are split among threads. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 2048, COLUMNS = 64, HASHES = 256, HALVES = 512, UNTIL = 129, PAIRS = 256,
    CODES = 16, SOURCES = 8, KINDS = 16, LEFT_FREE = 8, BEGAN_TO_PAY = 10, SLOTS = 128,
    EVENTS = CODES * CODES * KINDS
};
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

/* One of two without a branch, which would be guessed wrongly too often. */
static inline int64_t chosen(int64_t condition, int64_t yes, int64_t no) {
    return no ^ ((yes ^ no) & -condition);
}

static inline int64_t picked(int64_t x, const int64_t *until) {
    int64_t place = 0;
    for (int step = 64; step; step >>= 1) place += chosen(until[place + step] <= x, step, 0);
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
        /* Read beforehand: a read that hangs on a condition keeps the loop from vectors. */
        uint32_t nobody = b[0], one = b[1], one_young = b[2], two = b[3], two_young = b[4];
        uint32_t paying = b[5];
        uint32_t lowest = (uint32_t)(((uint64_t)1 << (8 * byte + 8)) - 1);
        for (int row = 0; row < 8; row++)
            for (int c = 0; c < COLUMNS; c++) {
                uint32_t word = people[(8 * byte + row) * COLUMNS + c];
                uint32_t bound = word >= 1 ? one : nobody;
                bound = word >= young ? one_young : bound;
                bound = word >= 1u << 16 ? two : bound;
                bound = word >= young << 16 ? two_young : bound;
                bound = word & 0x00030003u ? paying : bound;
                masks[c] |= (halves[row * COLUMNS + c] & lowest) <= bound
                                ? (uint32_t)1 << (8 * byte + row) : 0;
            }
    }
}

/* Work out all outcomes of a holder who acts and select one; switching is left to the caller.
   Returns (16 code lost + code gained) 16 + kind. */
static inline int64_t act(int64_t word, int64_t x, int64_t week, const double *restrict base,
                          const double *restrict factor, const int64_t *restrict tier,
                          const int64_t *restrict second, const int64_t *restrict subscribe,
                          int64_t *after) {
    int64_t low = word & 0xFFFF, high = word >> 16;
    int64_t leave = leaving(low, base, factor), change = tier[low & 127];
    int64_t of_high = (high != 0) & (x >= leave + change);
    x -= chosen(of_high, leave + change, 0);
    int64_t slot = chosen(of_high, high, low), rest = chosen(of_high, low, high);
    leave = chosen(of_high, leaving(high, base, factor), leave);
    change = chosen(of_high, tier[high & 127], change);
    int64_t code = (slot >> 3) & 15, pays = (slot & 3) != 0;
    int64_t gone = x < leave, adopts = (high == 0) & (x >= leave + change);
    int64_t y = x - leave - change, before = second[SOURCES * (code - 1)];
    y = y > 0 ? y : 0;
    int64_t own = second[SOURCES * code] - before;
    int64_t adoption = picked(y + chosen(y >= before, own, 0), second);
    int64_t source = adoption % SOURCES, adopted = adoption / SOURCES + 1;
    int64_t begun = slot | chosen(x - leave < subscribe[code], 1, 2);
    int64_t tiered = chosen(pays, slot & ~(int64_t)3, begun);
    int64_t with_tier = chosen(of_high, low | (tiered << 16), tiered | (high << 16));
    int64_t with_second = low | (new_slot(week, adopted, source) << 16);
    *after = chosen(gone, rest, chosen(adopts, with_second, with_tier));
    int64_t gained = chosen(gone, 0, chosen(adopts, adopted, code));
    int64_t kind = chosen(adopts, source, chosen(gone, LEFT_FREE, BEGAN_TO_PAY) + pays);
    return (chosen(adopts, 0, code) * CODES + gained) * KINDS + kind;
}

/* Count a person under the word after an event, no longer under the one before. */
static inline void move(int64_t before, int64_t after, int64_t *pairs, int64_t *slots) {
    pairs[codes_of(before)]--, pairs[codes_of(after)]++;
    slots[before & 0xFFFF]--, slots[before >> 16]--;
    slots[after & 0xFFFF]++, slots[after >> 16]++;
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

/* List the people in the masks; return how many. */
static int survivors(const uint32_t *masks, int64_t *listed) {
    int count = 0;
    for (int pair = 0; pair < COLUMNS / 2; pair++) {
        uint64_t both = masks[2 * pair] | (uint64_t)masks[2 * pair + 1] << 32;
        int end = count + __builtin_popcountll(both), before = count;
        while (count < end)
            for (int ahead = 0; ahead < 4; ahead++, both &= both - 1)
                listed[count++] = both ? __builtin_ctzll(both) : 0;
        count = end;
        for (int n = before; n < count; n++)
            listed[n] = (listed[n] & 31) * COLUMNS + 2 * pair + (listed[n] >> 5);
    }
    return count;
}

/* What is noted on the people of a block, each loop's results for the next one. */
typedef struct {
    int64_t kept[BLOCK + 8], word[BLOCK + 8], sum[BLOCK + 8], uniform[BLOCK + 8];
    uint64_t own[BLOCK + 8];
    int64_t order[BLOCK + 8], who[BLOCK + 8], before[BLOCK + 8], after[BLOCK + 8];
    int64_t point[BLOCK + 8], outcome[BLOCK + 8];
} Notes;

static void block_week(uint32_t *restrict people, int64_t start, int64_t inside, int64_t segment,
                       const uint64_t *keys, int64_t segments, int64_t week, const Rates *r,
                       Notes *restrict t, int64_t *restrict pairs, int64_t *restrict slots,
                       int64_t *restrict events) {
    uint32_t halves[HALVES], masks[COLUMNS];
    const double *restrict base = r->base, *restrict factor = r->factor + segment * 128;
    const int64_t *restrict tier = r->tier, *restrict take_up = r->take_up + segment * PAIRS;
    const int64_t *restrict first = r->first + segment * UNTIL;
    const int64_t *restrict second = r->second + segment * UNTIL;
    uint64_t shared = keys[segment], own_key = keys[segments + segment];
    uint64_t switch_key = keys[2 * segments + segment];
    for (int j = 0; j < HASHES; j++) {
        uint64_t drawn = mixed(shared ^ (uint64_t)(start / 8 + j));
        halves[j] = (uint32_t)drawn;
        halves[j + HASHES] = (uint32_t)(drawn >> 32);
    }
    keep(people, halves, (uint32_t)r->young, r->bounds + segment * 24, masks);
    int number = survivors(masks, t->kept);
    for (int n = 0; n < number; n++) t->word[n] = people[t->kept[n]];
    for (int n = 0; n < number; n++) t->own[n] = mixed(own_key ^ (uint64_t)(start + t->kept[n]));
    for (int n = 0; n < number; n++) {
        int64_t low = t->word[n] & 0xFFFF, high = t->word[n] >> 16;
        t->sum[n] = leaving(low, base, factor) + leaving(high, base, factor) + tier[low & 127]
                    + tier[high & 127] + take_up[codes_of(t->word[n])];
    }
    int without = 0, holders = 0, acted = 0;
    for (int n = 0; n < number; n++) {
        int64_t i = t->kept[n], byte = (halves[i & (HALVES - 1)] >> ((i >> 9) << 3)) & 255;
        t->uniform[n] = (byte << 32) | (int64_t)(t->own[n] >> 32);
        int empty = t->word[n] == 0, below = t->uniform[n] < t->sum[n];
        t->order[chosen(empty, without, BLOCK - 1 - holders) & (BLOCK - 1)] = n;
        without += below & empty, holders += below & !empty;
    }
    for (int place = 0; place < without; place++) {
        int64_t n = t->order[place], i = t->kept[n];
        if (i < inside && happens(t->uniform[n], t->sum[n])) {
            int64_t adoption = picked(part(t->sum[n], t->own[n] & 0xFFFFFFFFu), first);
            people[i] = (uint32_t)new_slot(week, adoption / SOURCES + 1, adoption % SOURCES);
            t->outcome[acted++] = adoption;
        }
    }
    for (int n = 0; n < acted; n++) {
        int64_t code = t->outcome[n] / SOURCES + 1, kind = t->outcome[n] % SOURCES;
        events[code * KINDS + kind]++;
        pairs[0]--, pairs[CODES * code]++, slots[0]--, slots[new_slot(week, code, kind)]++;
    }
    acted = 0;
    for (int place = BLOCK - holders; place < BLOCK; place++) {
        int64_t n = t->order[place];
        if (happens(t->uniform[n], t->sum[n])) {
            t->who[acted] = t->kept[n], t->before[acted] = t->word[n];
            t->point[acted++] = part(t->sum[n], t->own[n] & 0xFFFFFFFFu);
        }
    }
    for (int n = 0; n < acted; n++)
        t->outcome[n] = act(t->before[n], t->point[n], week, base, factor, tier, second,
                            r->subscribe, &t->after[n]);
    for (int n = 0; n < acted; n++) people[t->who[n]] = (uint32_t)t->after[n];
    for (int n = 0; n < acted; n++) {
        move(t->before[n], t->after[n], pairs, slots);
        events[t->outcome[n]]++;
    }
    for (int n = 0; n < acted; n++) {
        int64_t outcome = t->outcome[n], word = t->after[n];
        uint64_t random = mixed(switch_key ^ (uint64_t)(start + t->who[n]));
        if ((int64_t)(random >> 32) >= r->share || outcome / KINDS % CODES) continue;
        int64_t gained =
            next_code(random, outcome / (CODES * KINDS), (word >> 3) & 15, r->switches);
        if (!gained) continue;
        int64_t slot = new_slot(week, gained, outcome % KINDS);
        int64_t after = word == 0 ? slot : word | (slot << 16);
        move(word, after, pairs, slots);
        events[outcome]--, events[outcome + gained * KINDS]++;
        people[t->who[n]] = (uint32_t)after;
    }
}

void week_of_all(uint32_t *words, const int64_t *segment_of_block, const int64_t *block_of_segment,
                 const int64_t *size, const uint64_t *keys, int64_t segments, int64_t week,
                 const Rates *rates, int64_t blocks, int threads, int64_t weeks, int64_t *pairs,
                 int64_t *slots, int64_t *events) {
#pragma omp parallel num_threads(threads)
    {
        int64_t *own = calloc((size_t)(EVENTS + segments * PAIRS + weeks * SLOTS), sizeof *own);
        int64_t *own_pairs = own + EVENTS, *own_slots = own_pairs + segments * PAIRS;
        Notes notes;
#pragma omp for schedule(static)
        for (int64_t block = 0; block < blocks; block++) {
            int64_t segment = segment_of_block[block];
            int64_t start = (block - block_of_segment[segment]) * BLOCK;
            block_week(words + block * BLOCK, start, size[segment] - start, segment, keys,
                       segments, week, rates, &notes, own_pairs + segment * PAIRS, own_slots,
                       own);
        }
#pragma omp critical
        {
            for (int k = 0; k < EVENTS; k++) events[k] += own[k];
            for (int64_t k = 0; k < segments * PAIRS; k++) pairs[k] += own_pairs[k];
            for (int64_t k = 0; k < weeks * SLOTS; k++) slots[k] += own_slots[k];
        }
        free(own);
    }
}
