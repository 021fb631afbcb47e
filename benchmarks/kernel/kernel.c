/* The kernel of benchmarks/DECLARATION.md in C, written from the page alone: the yardstick for the other ports.
   cc -O3 -ffp-contract=off -shared -fPIC kernel.c -o kernel.so */

#include <stdint.h>
#include <string.h>

enum { FIRMS = 160, WEEKS = 104, LAG = 4, TERM = 26, CAPACITY = 12, STREAMS = 4, NEVER = -1000000 };
enum { SIZE, COVER, LICENCE, APPROVAL };

typedef struct {
    double size[FIRMS], cover[FIRMS], stock[FIRMS], in_transit[FIRMS], expected_wait[FIRMS], arriving[LAG][FIRMS];
    int until[FIRMS], waiting[FIRMS], applied[FIRMS];
    int queue[FIRMS], head, length;          /* a ring: a firm stands in it once */
} State;

static double draw(uint64_t seed, int64_t run, int week, int firm, int stream) {
    uint64_t n = (((uint64_t)run * WEEKS + week) * FIRMS + firm) * STREAMS + stream;
    uint64_t z = seed + (n + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void join(State *s, int firm) { s->queue[(s->head + s->length++) % FIRMS] = firm; }

static void begin(State *s, uint64_t seed, int64_t run) {
    s->head = s->length = 0;
    for (int i = 0; i < FIRMS; i++) {
        double u = draw(seed, run, 0, i, LICENCE);
        s->size[i] = 0.2 + 1.6 * draw(seed, run, 0, i, SIZE);
        s->cover[i] = 3.0 + 12.0 * draw(seed, run, 0, i, COVER);
        s->until[i] = u < 0.25 ? 1 + (int)(TERM * u / 0.25) : NEVER;
        s->stock[i] = s->cover[i] * 0.75;
        s->in_transit[i] = 0.1 * LAG;
        s->expected_wait[i] = 0.0;
        s->waiting[i] = s->applied[i] = 0;
        for (int k = 0; k < LAG; k++) s->arriving[k][i] = 0.1;
    }
}

/* one run; out takes the ten measures */
static void run_one(State *s, uint64_t seed, int64_t run, double *out) {
    int64_t examined = 0, approved = 0, waited = 0, queued = 0, licences = 0, stopped = 0;
    double shortages = 0, lost = 0, orders = 0, stock = 0, firm_weeks = FIRMS * WEEKS;
    begin(s, seed, run);
    for (int t = 0; t < WEEKS; t++) {
        for (int i = 0; i < FIRMS; i++)
            if (!s->waiting[i] && s->until[i] - t - 1 < s->expected_wait[i]) {
                s->waiting[i] = 1;
                s->applied[i] = t;
                join(s, i);
            }
        for (int calls = s->length < CAPACITY ? s->length : CAPACITY; calls > 0; calls--) {
            int i = s->queue[s->head], w = t - s->applied[i];
            s->head = (s->head + 1) % FIRMS;
            s->length--;
            examined++;
            if (draw(seed, run, t, i, APPROVAL) >= 0.6) {
                join(s, i);
                continue;
            }
            approved++;
            waited += w;
            s->waiting[i] = 0;
            s->until[i] = (s->until[i] > t ? s->until[i] : t) + TERM;
            s->expected_wait[i] = 0.8 * s->expected_wait[i] + (1.0 - 0.8) * w;
        }
        queued += s->length;
        double *arriving = s->arriving[t % LAG];
        for (int i = 0; i < FIRMS; i++) {
            double in_transit = s->in_transit[i] - arriving[i], left = s->stock[i] + arriving[i];
            double used = left < 1.0 ? left : 1.0;
            left -= used;
            double shortage = 1.0 - used, wanted = s->cover[i] + LAG - left - in_transit;
            int licensed = s->until[i] > t;
            double order = wanted < 0.0 ? 0.0 : wanted > 1.6 ? 1.6 : wanted;
            order = licensed ? order : 0.0;
            s->stock[i] = left;
            s->in_transit[i] = in_transit + order;
            arriving[i] = order;
            licences += licensed;
            stopped += shortage >= 0.5;
            shortages += shortage;
            lost += s->size[i] * (shortage * (1.0 - 0.6 + 0.6 * shortage));
            orders += order;
        }
    }
    for (int i = 0; i < FIRMS; i++) stock += s->stock[i];
    double measures[10] = {examined, approved, (double)waited / approved, (double)queued / WEEKS, licences / firm_weeks,
                           shortages / FIRMS, stopped / firm_weeks, lost / 52.0, orders / firm_weeks, stock / FIRMS};
    memcpy(out, measures, sizeof measures);
}

/* outs: runs x 10 measures; stock: the 160 stocks at the end of the last run */
void run_block(uint64_t seed, int64_t first, int64_t runs, double *outs, double *stock) {
    State s;
    for (int64_t j = 0; j < runs; j++) run_one(&s, seed, first + j, outs + 10 * j);
    memcpy(stock, s.stock, sizeof s.stock);
}
