"""What was done in an edited file and what is wrong with it, in words of two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from boundaries.editing.workspace import Workspace
from boundaries.geometry import to_lonlat
from boundaries.model import Defect

__all__ = ["Finding", "defect_of", "finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """what: split, merged, reshaped, retired, reparented or renamed. codes: of the areas, or the new name."""

    what: str
    codes: tuple[str, ...]
    en: str
    zh: str

    def text(self, language: str) -> str:
        """The finding in the caller's language."""
        return self.zh if language.lower().startswith("zh") else self.en


_FINDINGS: Final = {
    "split": ("{0} split: {1} was cut out of it", "{0} 被拆分,分出 {1}"),
    "merged": ("{0} merged into {1}", "{0} 并入 {1}"),
    "reshaped": ("{0} reshaped", "{0} 边界调整"),
    "retired": ("{0} retired", "{0} 撤销"),
    "reparented": ("{0} moved to {1}", "{0} 改属 {1}"),
    "renamed": ("{0} renamed to {1}", "{0} 更名为 {1}"),
}
_DEFECTS: Final = {
    "overlap": ("{codes} overlap by {size:.2f} m2.", "{codes} 重叠 {size:.2f} 平方米。"),
    "outside": ("{codes} lies where the map has no land.", "{codes} 位于地图范围之外。"),
    "vanished": ("{codes} is gone from the file and nobody took its land: it stays.", "文件中没有 {codes},其土地也无人接收:予以保留。"),
    "parent_unknown": ("{codes} names a parent that does not exist.", "{codes} 的上级不存在。"),
    "not_adopted": ("Not taken over: {reason}", "未采纳:{reason}"),
}


def finding(what: str, *codes: str) -> Finding:
    """A finding with its texts, e.g. "MG02451 merged into MG02572"."""
    en, zh = _FINDINGS[what]
    return Finding(what, codes, en.format(*codes), zh.format(*codes))


def defect_of(
    workspace: Workspace, rule: str, codes: tuple[str, ...], shape: Any, *, place: Any = None, en: str = "", zh: str = ""
) -> Defect:
    """A defect of an edited file. shape: the place in metres, whose area is the size; or `place`, in lon/lat."""
    size = 0.0 if shape is None else round(float(shape.area), 3)
    message, message_zh = _DEFECTS[rule]
    listed = ", ".join(codes[:5])
    return Defect(
        rule=rule,
        severity="error",
        areas=codes,
        place=place if shape is None else to_lonlat(shape, workspace.metric_crs),
        message=message.format(codes=listed, size=size, reason=en),
        message_zh=message_zh.format(codes=listed, size=size, reason=zh),
        size=size,
        unit="m2",
    )
