"""citygrid serve."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Annotated, Any

import typer
import uvicorn

from geo_service.api.wiring import Wiring
from geo_service.app import create_app
from geo_service.cli.opening import read_settings
from geo_service.cli.talk import say
from geo_service.console.files import is_built, not_built
from geo_service.errors import SetupError
from geo_service.settings import ServerSettings, Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; CITYGRID_HOST otherwise.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; CITYGRID_PORT otherwise.", min=0, max=65535)] = None,
) -> None:
    """Start the service on the installation's database."""
    run(with_address(read_settings(), host=host, port=port))


def with_address(settings: Settings, *, host: str | None, port: int | None) -> Settings:
    """The settings with the address given on the command line."""
    given: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    server = ServerSettings(**{**settings.server.model_dump(), **given})
    return Settings(storage=settings.storage, server=server, routing=settings.routing, jobs=settings.jobs)


def run(settings: Settings, *, once_started: Callable[[str, Wiring], None] | None = None) -> None:
    """Serves until stopped. once_started is called with the base address and the wiring when the service answers.

    SetupError when the port is taken or the address is not this machine's.
    """
    app = create_app(settings)
    if not is_built():
        say(not_built().text("zh-CN"), not_built().text("en"))
    host, port = settings.server.host, settings.server.port
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else f'[{host}]' if ':' in host else host}:{port}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=5, proxy_headers=False))
    if once_started is None:
        say(f"服务已启动：{address}", f"serving at {address}")
    else:
        threading.Thread(target=_announce, args=(server, once_started, address, app.state.wiring), daemon=True).start()
    server.run(sockets=[listening])


def _announce(server: uvicorn.Server, once_started: Callable[[str, Wiring], None], address: str, wiring: Wiring) -> None:
    pause = threading.Event()
    while not server.started and not server.should_exit:
        pause.wait(0.02)
    once_started(address, wiring)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # head and body of an answer leave at once: else the second waits 40 ms for the caller to confirm the first
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SetupError(
            "cannot_listen",
            en="cannot listen on {host}:{port}: {why}; choose another with PORT=... or --port",
            zh="无法监听 {host}:{port}：{why}；请用 PORT=... 或 --port 另选端口",
            host=host,
            port=port,
            why=error.strerror or str(error),
        ) from error
    listening.listen(2048)
    return listening
