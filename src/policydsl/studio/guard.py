"""Who may ask what: this machine's own page, with its token, in requests of bounded size.

The server listens on 127.0.0.1 only, yet every page that a browser has open can send requests
there.  So the name that was asked for must be this machine's (a foreign name may point here), the
page that asks must be this server's, and it must know the token.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policydsl.language.diagnostics import Diagnostic
from policydsl.studio.telling import Data, Refused, findings, refused

MOST_BYTES = 2_000_000
MOST_DEPTH = 24

PAGE_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "frame-src 'self' blob:", "base-uri 'none'",
    "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
))  # fmt: skip
MADE_POLICY = "; ".join((
    "default-src 'none'", "script-src 'unsafe-inline'", "style-src 'unsafe-inline'",
    "img-src data:", "font-src data:", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'self'", "sandbox allow-scripts allow-popups",
))  # fmt: skip
"""For pages that jobs made, shown in a frame of their own."""

HEADERS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


class Guard:
    """Lets through what the page asks; answers everything else itself."""

    def __init__(self, app: ASGIApp, token: str, hosts: Iterable[str]):
        self.app = app
        self.token = token.encode()
        self.hosts = frozenset(hosts)
        self.origins = frozenset(f"http://{host}" for host in self.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there is nothing else here; a handshake that nobody answers is closed
        sent = _WithHeaders(send)
        try:
            self._check(scope)
        except Refused as problem:
            await answer(problem)(scope, receive, sent)
            return
        await self.app(scope, receive, sent)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self.hosts:
            raise refused(403, "J918")
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in self.origins:
            raise refused(403, "J918")
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise refused(403, "J918")
        if scope["path"].startswith("/api/") and not self._knows(scope, headers):
            raise refused(401, "J917")

    def _knows(self, scope: Scope, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            given = ""
        if not given and scope["method"] in ("GET", "HEAD") and scope["path"] == "/api/file":
            query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
            given = query.get("token", [""])[0]
        return secrets.compare_digest(given.strip().encode(errors="replace"), self.token)


class _WithHeaders:
    """Adds to every answer what browsers are to keep to."""

    def __init__(self, send: Send):
        self.send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        await self.send(message)


def answer(problem: Refused) -> JSONResponse:
    """A refusal as an answer."""
    return JSONResponse(
        {"findings": findings(problem.diagnostics), **problem.more}, problem.status
    )  # fmt: skip


async def body_of(receive: Receive, headers: Headers) -> Data:
    """The JSON object of a request, read no further than it may be long.

    Raises :class:`Refused` (413, 415, 400).
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise refused(415, "J920")
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced[:12]) > MOST_BYTES:
        raise refused(413, "J919", limit=MOST_BYTES)
    content = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise refused(400, "J923", problem=("没有传完", "it ended early"))
        content += message.get("body", b"")
        if len(content) > MOST_BYTES:
            raise refused(413, "J919", limit=MOST_BYTES)
        if not message.get("more_body", False):
            break
    return read_json(bytes(content))


def read_json(content: bytes) -> Data:
    """A JSON object; raises :class:`Refused` (J923)."""
    try:
        text = content.decode("utf-8")
        if _depth(text) > MOST_DEPTH:
            raise refused(400, "J923", problem=("嵌套太深", "nested too deeply"))
        found = json.loads(text, parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False).encode("utf-8")  # no halves of characters
    except (ValueError, RecursionError):
        problem = ("不是 JSON", "it is no JSON")
        raise Refused(400, Diagnostic("J923", None, None, {"problem": problem})) from None
    if not isinstance(found, dict):
        raise refused(400, "J923", problem=("应有名有值", "named values are wanted"))
    return cast(dict[str, Any], found)


def _depth(text: str) -> int:
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in "]}":
            depth -= 1
    return deepest


def _no_constant(word: str) -> Any:
    raise ValueError(word)
