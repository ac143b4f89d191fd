/* Translation of what a planner reads. Messages are English in the source; po/ holds the Indonesian. */
#ifndef TPK_BASE_I18N_H
#define TPK_BASE_I18N_H

#include <libintl.h>

#define TPK_TEXT_DOMAIN "tapak"

/* dgettext and not gettext: the library must not depend on the domain its caller chose. */
#define _(text) dgettext(TPK_TEXT_DOMAIN, text)
#define N_(text) (text)
/* One of two texts by a count: NG_("%lld feature", "%lld features", n). */
#define NG_(one, many, n) dngettext(TPK_TEXT_DOMAIN, one, many, (unsigned long)(n))

#endif
