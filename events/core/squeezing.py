"""Compressing what anybody may keep: on a slow line sheets and public pages come in a quarter of the time.

A page with somebody's secret in it never is: its length would tell an eavesdropper who also chooses words of the page
how near a guess is (BREACH). So only files of ours and answers that proxies may keep are compressed here.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

KINDS = {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"}
WORTH_IT = 1000
"""Bytes; less fits into one packet anyway."""


def init_app(app: Flask) -> None:
    """Compress answers for browsers that ask for it; a proxy in front need not do it again."""
    app.after_request(squeeze)


def squeeze(response: Response) -> Response:
    """The answer, compressed if it may be and the browser understands it."""
    if not _is_for_all(response):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings.quality("gzip") or response.content_encoding:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= WORTH_IT:
        response.set_data(_pressed(body))
        response.content_encoding = "gzip"
        etag, _weak = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)  # the same page, not the same bytes
    return response


def _is_for_all(response: Response) -> bool:
    """Whether it holds nothing of anybody's."""
    if request.method != "GET" or response.mimetype not in KINDS:
        return False
    return request.endpoint in ("static", "unversioned.static") or bool(response.cache_control.public)


@lru_cache(maxsize=64)
def _pressed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)
