/* What the server says of itself: its start page where there is no portal, and the address of its tiles. */
#ifndef TPK_SERVER_PAGE_H
#define TPK_SERVER_PAGE_H

#include "api/study.h"
#include "server/request.h"

/* "http://HOST/tiles/{z}/{x}/{y}.png?w=...": host and scheme as the client calls them, where the host looks
 * like one, else `address`; weights and style as asked for. TPK_ERR_MEMORY. Caller frees *url with tpk_free.
 */
TPK_MUST_CHECK tpk_status tpk_page_tile_url(const char *address, const tpk_request *request, char **url,
                                            tpk_err *err);

/* Title, the address for QGIS, links. TPK_ERR_MEMORY. Caller frees *html with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_page_html(const tpk_study *study, const char *address,
                                        const tpk_request *request, char **html, tpk_err *err);

#endif
