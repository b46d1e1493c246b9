"""What a database says when it cannot serve, as the library's own error with a cure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DatabaseError

from boundaries.errors import StoreError

__all__ = ["store_error", "store_errors"]

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "store_not_prepared": (
        "This database has no tables of ours: run `citygrid db migrate`, or boundaries.open(url, create=True) without the service.",
        "数据库中没有所需的表:请运行 `citygrid db migrate`,或(不使用服务时)boundaries.open(url, create=True)。",
    ),
    "store_busy": ("Another process is writing to this database: try again.", "另一进程正在写入该数据库:请稍后重试。"),
    "store_full": ("The database's disk is full.", "数据库所在磁盘已满。"),
    "store_read_only": ("This database may only be read here.", "此处对该数据库只有读取权限。"),
    "not_a_database": ("The file is not a SQLite database.", "该文件不是 SQLite 数据库。"),
    "store_unreachable": (
        "The database cannot be reached: is it running, and are its address and password right?",
        "无法连接数据库:请检查其是否运行,以及地址和密码是否正确。",
    ),
}

_BY_SQLSTATE: Final = {
    "42P01": "store_not_prepared",
    "55P03": "store_busy",
    "40P01": "store_busy",
    "53100": "store_full",
    "25006": "store_read_only",
    "3D000": "store_unreachable",
}

_BY_SQLITE_TEXT: Final = {
    "no such table": "store_not_prepared",
    "database is locked": "store_busy",
    "database or disk is full": "store_full",
    "readonly database": "store_read_only",
    "file is not a database": "not_a_database",
    "unable to open database file": "store_unreachable",
}


@contextmanager
def store_errors() -> Iterator[None]:
    """Turns what the database driver says into StoreError where a cure is known; all else passes. Also usable as a decorator."""
    try:
        yield
    except DatabaseError as error:
        code = _code_of(error)
        if code is None:
            raise
        raise store_error(code) from error


def store_error(code: str) -> StoreError:
    """The refusal of that code."""
    en, zh = _TEXTS[code]
    return StoreError(code, en=en, zh=zh)


def _code_of(error: DatabaseError) -> str | None:
    said = str(error.orig)
    sqlite = next((code for text, code in _BY_SQLITE_TEXT.items() if text in said), None)
    if type(error.orig).__module__.startswith("sqlite3"):
        return sqlite
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # psycopg could not connect at all
        return "store_unreachable" if error.connection_invalidated or "connection" in said else None
    return _BY_SQLSTATE.get(state) or ("store_unreachable" if state.startswith(("08", "28")) else None)
