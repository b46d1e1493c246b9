"""Why an edit is refused: one table of codes and texts, and the error with the place in lon/lat."""

from __future__ import annotations

from typing import Any, Final

import shapely

from boundaries.errors import EditError
from boundaries.geometry import to_lonlat

__all__ = ["REFUSALS", "refusal"]

REFUSALS: Final[dict[str, tuple[str, str]]] = {
    "NO_SPLIT": ("The line does not cut {area} in two.", "该线没有将{area}分成两部分。"),
    "MANY_PARTS": ("The line cuts {area} into {count} parts; one cut makes two.", "该线将{area}分成了 {count} 部分,一次只能分成两部分。"),
    "TOO_SMALL": (
        "{area} would have {size:.1f} m2; the least is {least:.1f} m2.",
        "{area}的面积将为 {size:.1f} 平方米,小于最小值 {least:.1f} 平方米。",
    ),
    "MULTIPART": ("{area} would fall apart into {count} pieces.", "{area}将分裂为 {count} 块。"),
    "OUTLINE": (
        "The outline of the city would move by {size:.3f} m2: it is not this operation's to change.",
        "城市外轮廓将变动 {size:.3f} 平方米,该操作不得改变外轮廓。",
    ),
    "NOT_ADJACENT": ("{area} shares no border with {other}.", "{area}与{other}没有公共边界。"),
    "NO_CHANGE": ("This would change nothing.", "该操作不会产生任何变化。"),
    "PARENT_NOT_CONTIGUOUS": ("{area} would no longer be in one piece.", "{area}将不再连成一片。"),
    "PARENT_LEVEL": ("{other} cannot be the parent of {area}: its level is wrong.", "{other}的层级不符,不能作为{area}的上级。"),
    "PARENT_EMPTY": ("{area} would be left without any area below it.", "{area}将不再有任何下级区域。"),
    "TOPOLOGY": ("The borders around {area} would no longer fit together.", "{area}周围的边界将不再吻合。"),
    "GONE": ("There is no area {area} in this draft, or no longer.", "草稿中没有区域{area},或已被撤销。"),
    "INVALID": ("The shape of {area} would be invalid: {reason}.", "{area}的图形将无效:{reason}。"),
    "NO_VERTEX": ("No border has a vertex at this place.", "该位置没有边界顶点。"),
    "NO_GAP": ("There is no gap at this place.", "该位置没有空隙。"),
    "CODE_TAKEN": ("The code {area} is in use.", "编码{area}已被使用。"),
    "CODE_PATTERN": ("{area} is not a code of the level {level}.", "{area}不符合{level_zh}的编码规则。"),
    "CODE_NEEDED": ("No free code follows from {area}: name one.", "无法由{area}推出可用编码,请指定。"),
    "LEVEL": ("{area} cannot be done with: {reason}.", "不能对{area}这样操作:{reason_zh}。"),
    "REST_TWICE": ("{other} already has a rest.", "{other}已有其余地块。"),
    "LOCKED": ("{area} is locked: nothing in {other} may change.", "{other}已锁定,{area}不得更改。"),
    "MALFORMED": ("Not an operation: {reason}.", "不是有效的操作:{reason}。"),
    "NOTHING_TO_UNDO": ("There is nothing to undo.", "没有可撤销的操作。"),
    "NOTHING_TO_REDO": ("There is nothing to redo.", "没有可重做的操作。"),
    "SHIFTED": (
        "The file lies {size:.0f} m beside the map: wrong reference system or datum?",
        "文件与现有地图相差 {size:.0f} 米:坐标系或基准是否有误?",
    ),
    "SHRUNK": ("The file lacks {count} of {total} areas.", "文件缺少 {total} 个区域中的 {count} 个。"),
    "STALE": ("{area} has changed since.", "{area}此后已被修改。"),
}
"""{code: (English, Chinese)} of every refusal of this package."""


def refusal(code: str, *, place: Any = None, metric_crs: str = "", area: str | None = None, **params: Any) -> EditError:
    """The error to raise. place: a geometry in metres of `metric_crs`, shown in lon/lat. params: what the texts of REFUSALS name."""
    en, zh = REFUSALS[code]
    where = None
    if place is not None and not place.is_empty:
        where = to_lonlat(shapely.force_2d(place), metric_crs)
    return EditError(code, en=en, zh=zh, area=area, place=where, **params)
