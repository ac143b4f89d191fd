/* Evaluates a study at three places and prints score, class and what limits each.
 *
 *     cc points.c -o points $(pkg-config --cflags --libs tapak)
 *     ./points gis-data/kalsel.yaml */
#include <math.h>
#include <stdio.h>

#include <tapak/tapak.h>

enum { N_PLACES = 3 };

static const char *const NAMES[N_PLACES] = {"Batulicin", "Banjarmasin", "Meratus"};
static const double LON_LAT[2 * N_PLACES] = {115.97, -3.36, 114.59, -3.32, 115.55, -2.70};

static void print_place(const tpk_study *study, int i, const tpk_results *results)
{
    static const char *const CLASSES[] = {"outside", "S1", "S2", "S3", "N", "excluded", "unknown"};
    unsigned limiting = results->limiting[i];
    const char *title = limiting >= 1 ? tpk_study_criterion_title(study, limiting - 1) : NULL;
    char score[16] = "-";
    if (!isnan(results->score[i])) snprintf(score, sizeof score, "%.3f", (double)results->score[i]);
    printf("%-12s %5s  %-9s %s\n", NAMES[i], score, CLASSES[results->point_class[i]], title ? title : "-");
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: points PROJECT\n");
        return 2;
    }
    float score[N_PLACES];
    uint8_t point_class[N_PLACES], limiting[N_PLACES];
    tpk_results results = {.score = score, .point_class = point_class, .limiting = limiting};
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = NULL;

    tpk_status status = tpk_study_open(argv[1], NULL, &study, &err);
    if (status == TPK_OK)
        status = tpk_study_evaluate_points(study, "EPSG:4326", LON_LAT, N_PLACES, &results, &err);
    if (status == TPK_OK) {
        for (int i = 0; i < N_PLACES; i++) print_place(study, i, &results);
    } else {
        fprintf(stderr, "%s\n", err.message);
    }
    tpk_study_close(study);
    return status == TPK_OK ? 0 : 1;
}
