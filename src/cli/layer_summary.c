#include "cli/layer_summary.h"

#include <stdio.h>

#include "base/i18n.h"
#include "cli/plain_text.h"
#include "cli/wrapped.h"

enum { MOST_FINDINGS = 5, ID_CHARS = 40 };

static size_t count_of(const tpk_check *check, tpk_verdict verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < tpk_check_count(check); i++) n += tpk_check_get(check, i).verdict == verdict;
    return n;
}

static void print_repaired(const tpk_check *check)
{
    const char *before = _("  usable with repairs: ");
    for (size_t i = 0; i < tpk_check_count(check); i++) {
        tpk_checked layer = tpk_check_get(check, i);
        if (layer.verdict != TPK_VERDICT_REPAIRS) continue;
        printf("%s%s", before, layer.id);
        before = ", ";
    }
    putchar('\n');
}

static void print_finding(const char *id, const tpk_check_finding *finding)
{
    char shown[4 * ID_CHARS + 1], head[sizeof shown + 16];
    cli_plain_text(id, ID_CHARS, shown, sizeof shown);
    snprintf(head, sizeof head, "  %-8s %s: ", _("SERIOUS"), shown);
    cli_print_wrapped(head, finding->found);
    if (*finding->change) cli_print_wrapped(_("       do: "), finding->change);
}

static void print_serious(const tpk_check *check)
{
    size_t n = 0;
    for (size_t i = 0; i < tpk_check_count(check); i++) {
        tpk_checked layer = tpk_check_get(check, i);
        for (size_t k = 0; k < layer.n_findings; k++) {
            tpk_check_finding finding = tpk_check_finding_get(check, i, k);
            if (finding.gravity == TPK_GRAVITY_SERIOUS && n++ < MOST_FINDINGS)
                print_finding(layer.id, &finding);
        }
    }
    if (n > MOST_FINDINGS) printf(_("  serious findings besides: %zu\n"), n - MOST_FINDINGS);
}

void cli_layer_summary_print(const tpk_check *check, const char *project, bool brief)
{
    if (!check) return;
    size_t n_good = count_of(check, TPK_VERDICT_GOOD), n_repairs = count_of(check, TPK_VERDICT_REPAIRS),
           n_unusable = count_of(check, TPK_VERDICT_UNUSABLE);
    if (n_repairs + n_unusable == 0) {
        printf(_("Layers: %zu good\n"), n_good);
        return;
    }
    printf(_("Layers: %zu good, %zu usable with repairs, %zu not usable as they are\n"), n_good, n_repairs,
           n_unusable);
    if (n_repairs > 0) print_repaired(check);
    print_serious(check);
    if (brief) return;
    fputs(n_unusable > 0 ? _("  The maps may be wrong where these layers count. More: tapak check ")
                         : _("  More: tapak check "),
          stdout);
    cli_put_plain_line(project, stdout);
}
