#include "cli/explanation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/columns.h"
#include "cli/plain_text.h"

/* ---- verdict ---- */

static void print_place(const tpk_explanation *e)
{
    char id[CLI_CELL_BYTES], name[CLI_CELL_BYTES];
    if (!e->zone_id) {
        printf(_("Point %.6f, %.6f: %s"), e->x, e->y, e->class_title);
        if (!isnan(e->score)) printf(_(", score %.3f"), e->score);
    } else {
        cli_cell_text(id, e->zone_id);
        cli_cell_text(name, e->zone_name);
        printf(_("Zone %s, %s, %.1f ha: %s"), id, name, e->area_ha, e->class_title);
        if (!isnan(e->score)) printf(_(", mean score %.3f"), e->score);
    }
    putchar('\n');
}

static void print_hectares(const tpk_explanation *e)
{
    const double *ha = e->class_ha;
    printf(_("Hectares: S1 %.1f, S2 %.1f, S3 %.1f, N %.1f, excluded %.1f, unknown %.1f, outside %.1f\n"),
           ha[TPK_CLASS_S1], ha[TPK_CLASS_S2], ha[TPK_CLASS_S3], ha[TPK_CLASS_N], ha[TPK_CLASS_EXCLUDED],
           ha[TPK_CLASS_UNKNOWN], ha[TPK_CLASS_OUTSIDE]);
}

/* A legal source may be long: a line each. */
static void print_excluding(const tpk_explanation *e)
{
    if (e->zone_id || e->point_class != TPK_CLASS_EXCLUDED) return;
    for (size_t k = 0; k < e->n_constraints; k++) {
        const tpk_explained_constraint *c = &e->constraints[k];
        char title[CLI_CELL_BYTES];
        if (!c->excludes) continue;
        cli_cell_text(title, c->title);
        printf(_("Excluded by: %s ("), title);
        cli_put_plain(c->source, strlen(c->source), stdout);
        puts(")");
    }
}

static void print_limiting(const tpk_explanation *e)
{
    if (e->limiting < 0) return;
    const tpk_explained_criterion *c = &e->criteria[e->limiting];
    char title[CLI_CELL_BYTES];
    cli_cell_text(title, c->title);
    printf(_("Limited most by: %s, which costs %.1f of 100 points\n"), title, c->lost);
}

/* ---- criteria ---- */

/* Four digits or so, with its unit. */
static void put_value(char *cell, const tpk_explained_criterion *c)
{
    if (c->category) {
        cli_cell_text(cell, c->category);
        return;
    }
    double size = fabs(c->value);
    int decimals = size == 0 || size >= 1000 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4;
    char number[CLI_CELL_BYTES], text[2 * CLI_CELL_BYTES];
    cli_cell_number(number, c->value, decimals);
    snprintf(text, sizeof text, isnan(c->value) || !c->unit[0] ? "%s%s" : "%s %s", number,
             isnan(c->value) ? "" : c->unit);
    cli_cell_text(cell, text);
}

/* What an unknown membership does. */
static const char *unknown_text(const char *policy)
{
    if (strcmp(policy, "exclude") == 0) return _("unknown: no score");
    if (strcmp(policy, "worst") == 0) return _("unknown: counts as 0");
    if (strcmp(policy, "value") == 0) return _("unknown: counts as stated");
    if (strcmp(policy, "share") == 0) return _("unknown: weight shared");
    return "";
}

static void fill_criterion(const tpk_explained_criterion *c, cli_row row)
{
    cli_cell_text(row[0], c->title);
    put_value(row[1], c);
    cli_cell_number(row[2], c->membership, 3);
    cli_cell_number(row[3], c->weight_counted, 3);
    cli_cell_number(row[4], c->gained, 1);
    cli_cell_number(row[5], c->lost, 1);
    if (isnan(c->unknown_ha)) {
        cli_cell_text(row[6], unknown_text(c->unknown));
    } else {
        cli_cell_number(row[6], c->unknown_ha, 1);
    }
}

static void fill_total(const tpk_explanation *e, cli_row row)
{
    double weight = 0, gained = 0, lost = 0;
    for (size_t k = 0; k < e->n_criteria; k++) {
        const tpk_explained_criterion *c = &e->criteria[k];
        weight += c->weight_counted;
        if (c->weight_counted == 0) continue;
        gained += c->gained;
        lost += c->lost;
    }
    memset(row, 0, sizeof(cli_row));
    cli_cell_text(row[0], _("Together"));
    cli_cell_number(row[3], weight, 3);
    cli_cell_number(row[4], gained, 1);
    cli_cell_number(row[5], lost, 1);
}

static bool is_any_unknown(const tpk_explanation *e)
{
    bool any = false;
    for (size_t k = 0; k < e->n_criteria; k++) any |= e->criteria[k].unknown[0] != '\0';
    return any;
}

static void print_criteria(const tpk_explanation *e)
{
    bool is_zone = e->zone_id != NULL;
    cli_column columns[] = {{N_("Criterion"), true, 0},
                            {is_zone ? N_("Mean value") : N_("Value"), false, 0},
                            {N_("Membership"), false, 0},
                            {N_("Weight"), false, 0},
                            {N_("Gained"), false, 0},
                            {N_("Lost"), false, 0},
                            {is_zone ? N_("Unknown ha") : N_("Note"), !is_zone, 0}};
    int n = sizeof columns / sizeof *columns - (is_zone || is_any_unknown(e) ? 0 : 1);
    cli_row row;
    fill_total(e, row);
    cli_columns_fit(columns, n, row);
    for (size_t k = 0; k < e->n_criteria; k++) {
        fill_criterion(&e->criteria[k], row);
        cli_columns_fit(columns, n, row);
    }
    cli_columns_print_headings(columns, n);
    for (size_t k = 0; k < e->n_criteria; k++) {
        fill_criterion(&e->criteria[k], row);
        cli_columns_print_row(columns, n, row);
    }
    fill_total(e, row);
    cli_columns_print_row(columns, n, row);
}

/* ---- constraints ---- */

static const char *excludes_text(const tpk_explanation *e, const tpk_explained_constraint *c)
{
    if (e->point_class == TPK_CLASS_OUTSIDE) return _("not judged");
    if (c->unjudged) return c->excludes ? _("yes, unknown") : _("unknown");
    return c->excludes ? _("yes") : _("no");
}

static void fill_constraint(const tpk_explanation *e, const tpk_explained_constraint *c, cli_row row)
{
    cli_cell_text(row[0], c->title);
    if (e->zone_id)
        cli_cell_number(row[1], c->excluded_ha, 1);
    else
        cli_cell_text(row[1], excludes_text(e, c));
}

/* A legal source may be long, and is never cut: it has its own line. */
static void print_constraints(const tpk_explanation *e)
{
    if (e->n_constraints == 0) return;
    bool is_zone = e->zone_id != NULL;
    cli_column columns[] = {{N_("Constraint, and its legal source"), true, 0},
                            {is_zone ? N_("Excluded ha") : N_("Excludes"), !is_zone, 0}};
    int n = sizeof columns / sizeof *columns;
    cli_row row;
    putchar('\n');
    for (size_t k = 0; k < e->n_constraints; k++) {
        fill_constraint(e, &e->constraints[k], row);
        cli_columns_fit(columns, n, row);
    }
    cli_columns_print_headings(columns, n);
    for (size_t k = 0; k < e->n_constraints; k++) {
        fill_constraint(e, &e->constraints[k], row);
        cli_columns_print_row(columns, n, row);
        fputs("    ", stdout);
        cli_put_plain_line(e->constraints[k].source, stdout);
    }
}

void cli_explanation_print(const tpk_explanation *e)
{
    print_place(e);
    if (e->out_of_reach) {
        puts(_("Outside the reach of the study: so far from its area neither its projection nor its layers "
               "tell values"));
        return;
    }
    if (e->zone_id) print_hectares(e);
    print_excluding(e);
    print_limiting(e);
    putchar('\n');
    print_criteria(e);
    print_constraints(e);
}
