"""What can go wrong while a map is made.

    MapError
    ├── FrameError          a frame that a view cannot draw: columns, values, positions, reference system
    ├── AssetMissingError   a style sheet, script or picture that should lie on this computer does not
    └── RemoteAddressError  the finished page would ask another computer for something

Every error has a stable `code`, a text in English and one in Chinese.
"""

from __future__ import annotations

from typing import Any


class MapError(Exception):
    """Any refusal of this package. `code` is stable and machine-readable; `params` fill the texts."""

    def __init__(self, code: str, *, en: str, zh: str, **params: Any) -> None:
        self.code = code
        self.en, self.zh = en, zh
        self.params = params
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """The message in the caller's language: 'zh-CN' (or anything that starts with zh), else English."""
        template = self.zh if language.lower().startswith("zh") else self.en
        return template.format(**self.params)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.en, self.zh, self.params)


def _rebuild(kind: type[MapError], code: str, en: str, zh: str, params: dict[str, Any]) -> MapError:
    return kind(code, en=en, zh=zh, **params)


class FrameError(MapError):
    """A frame does not hold what the view draws. Nothing is guessed: the column, the rows and the cure are named."""


class AssetMissingError(MapError):
    """A file a page is made of is not on this computer, so the page would not work offline."""


class RemoteAddressError(MapError):
    """The finished page refers to another computer. Such a page is never handed out."""
