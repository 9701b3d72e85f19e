"""The server of ``policydsl studio``: addresses, answers, start and end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import mimetypes
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.studio.desk import Desk
from policydsl.studio.guard import MADE_POLICY, Guard, answer, body_of
from policydsl.studio.telling import Data, Refused, refused

LOG = logging.getLogger("policydsl.studio")
STATIC = Path(__file__).parent / "static"
ADDRESS = "127.0.0.1"

Asked = Callable[[Mapping[str, Any]], Data]


def make_app(desk: Desk, token: str, port: int) -> Starlette:
    """The application; answers only to this machine's names and with the token."""

    def get(path: str, work: Callable[[Request], Any]) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answered(lambda: work(request))

        return Route(path, endpoint, methods=["GET"])

    def post(path: str, work: Asked) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                data = await body_of(request.receive, request.headers)
            except Refused as problem:
                return answer(problem)
            return await _answered(lambda: work(data))

        return Route(path, endpoint, methods=["POST"])

    async def cancel(request: Request) -> Response:
        return await _answered(lambda: desk.jobs.cancel(request.path_params["id"]).told())

    async def file(request: Request) -> Response:
        try:
            path = desk.file(request.query_params.get("path", ""))
        except Refused as problem:
            return answer(problem)
        return _file(path)

    async def first(request: Request) -> Response:
        page = STATIC / "index.html"
        if not page.is_file():
            return answer(refused(404, "J921", path="/"))
        return FileResponse(page, media_type="text/html")

    routes: list[BaseRoute] = [
        Route("/", first, methods=["GET"]),
        Route("/static/font.{kind}", _font, methods=["GET"]),
        get("/api/desk", lambda request: desk.desk()),
        get("/api/policy", lambda request: _policy(desk, request)),
        get("/api/jobs/{id}", lambda request: desk.jobs.get(request.path_params["id"]).told()),
        Route("/api/jobs/{id}", cancel, methods=["DELETE"]),
        Route("/api/file", file, methods=["GET"]),
        post("/api/try", desk.try_), post("/api/review", desk.review),
        post("/api/prepare", desk.prepare), post("/api/save", desk.save),
        post("/api/compare", desk.compare), post("/api/package", desk.package),
        Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
    ]  # fmt: skip

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        desk.close()

    hosts = {f"{name}:{port}" for name in (ADDRESS, "localhost")}
    return Starlette(
        routes=routes, lifespan=life,
        middleware=[Middleware(Guard, token=token, hosts=hosts)],
        exception_handlers={HTTPException: _not_found, Exception: _unexpected},
    )  # fmt: skip


def _policy(desk: Desk, request: Request) -> Data:
    sets = request.query_params.getlist("assume")
    assume = [each for each in sets if each] if sets else None
    ref = request.query_params.get("ref", "")
    if not ref:
        raise refused(400, "J916", field="ref", problem=("没有", "missing"))
    return desk.policy(ref, assume)


async def _answered(work: Callable[[], Any]) -> Response:
    """What work gives, or why it gives nothing; never a traceback."""
    try:
        found = await _beside(work)
        return JSONResponse(found)
    except Refused as problem:
        return answer(problem)
    except PolicyError as error:
        return answer(Refused(422, *error.diagnostics))
    except MemoryError:
        return answer(refused(503, "J931"))
    except asyncio.CancelledError:
        return Response(status_code=503)  # the server is being ended; nobody waits any more
    except Exception:
        LOG.exception("a request could not be answered")
        return answer(refused(500, "J922"))


async def _beside(work: Callable[[], Any]) -> Any:
    """What work gives, worked out in a thread that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(found: Any, problem: BaseException | None) -> None:
        if done.cancelled():
            return
        if problem is None:
            done.set_result(found)
        else:
            done.set_exception(problem)

    def run() -> None:
        found: Any = None
        problem: BaseException | None = None
        try:
            found = work()
        except StopIteration as error:
            problem = RuntimeError(str(error))  # a future cannot hold one
        except BaseException as error:
            problem = error
        with contextlib.suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(settle, found, problem)

    Thread(target=run, name="answer", daemon=True).start()
    return await done


async def _not_found(request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 404
    return answer(refused(status, "J921", path=request.url.path[:100]))


async def _unexpected(request: Request, problem: Exception) -> Response:
    LOG.error("a request could not be answered", exc_info=problem)
    return answer(refused(500, "J922"))


def _file(path: Path) -> Response:
    """A file that a job made; a page is shown, everything else is handed over."""
    if path.suffix == ".html":
        headers = {"Content-Security-Policy": MADE_POLICY}
        return FileResponse(path, media_type="text/html; charset=utf-8", headers=headers)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileResponse(path, media_type=kind, filename=path.name)


async def _font(request: Request) -> Response:
    """The Chinese font of the extra ``charts``, where it is installed."""
    from policydsl.pages.fonts import font_file

    try:
        path = font_file()
    except PolicyError:
        path = None
    if path is None or path.suffix != f".{request.path_params['kind']}":
        return answer(refused(404, "J921", path=request.url.path[:100]))
    return FileResponse(path)


# -- start and end


def listening(port: int) -> socket.socket:
    """A socket on this machine's own address.  Raises :class:`PolicyError` (J911)."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # on Windows SO_REUSEADDR would let another program take the port away
        name = "SO_EXCLUSIVEADDRUSE" if os.name == "nt" else "SO_REUSEADDR"
        made.setsockopt(socket.SOL_SOCKET, getattr(socket, name), 1)
        made.bind((ADDRESS, port))
        made.listen(64)
    except (OSError, OverflowError) as error:
        made.close()
        problem = getattr(error, "strerror", None) or str(error)
        details = {"port": port, "problem": problem}
        raise PolicyError([Diagnostic("J911", None, None, details)]) from error
    return made


def serve(desk: Desk, port: int, started: Callable[[str], object]) -> None:
    """Serve until stopped.  ``started`` is told the address, token included."""
    made = listening(port)
    try:
        port = made.getsockname()[1]
        token = secrets.token_urlsafe(32)
        config = uvicorn.Config(
            make_app(desk, token, port), log_level="warning", access_log=False,
            server_header=False, date_header=False, timeout_graceful_shutdown=2, lifespan="on",
            ws="none",
        )  # fmt: skip
        # what it says at the end of requests that were cut off is of no use to a drafter
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        started(f"http://{ADDRESS}:{port}/?token={token}")
        uvicorn.Server(config).run(sockets=[made])
    finally:
        made.close()
        desk.close()
