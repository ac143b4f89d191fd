/* Colours, and how far apart people see them. */
#ifndef TPK_BASE_COLOR_H
#define TPK_BASE_COLOR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct tpk_rgb {
    uint8_t r, g, b; /* sRGB */
} tpk_rgb;

enum { TPK_COLOR_TEXT = 8 }; /* bytes of "#rrggbb" with its terminator */

/* "#rrggbb", hexadecimal digits of either case. False for anything else, *color unchanged then. */
bool tpk_color_parse(const char *text, tpk_rgb *color);
/* "#rrggbb" in small letters. Returns buffer. */
char *tpk_color_text(tpk_rgb color, char buffer[TPK_COLOR_TEXT]);

typedef enum tpk_sight {
    TPK_SIGHT_NORMAL,
    TPK_SIGHT_PROTANOPIA,
    TPK_SIGHT_DEUTERANOPIA,
    TPK_SIGHT_TRITANOPIA,
    TPK_SIGHT_COUNT
} tpk_sight;

/* Distance in CIE L*a*b* (1976, D65) of two colours as such eyes see them, after the simulation of Machado,
 * Oliveira and Fernandes (2009) at full severity. 0: the same; about 2: just noticeable side by side. */
double tpk_color_difference(tpk_rgb a, tpk_rgb b, tpk_sight sight);

#endif
