"""The area that an operation founds: its key, code, level and parent, checked; and codes of areas that get another one."""

from __future__ import annotations

from typing import Any, Final

from boundaries.codes import is_code
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace

__all__ = ["check_code", "check_parent", "found", "next_code"]

_REST: Final = "rest"


def found(workspace: Workspace, operation: Any, like: AreaState) -> AreaState:
    """The state, without shape and households, of the leaf that `operation` (its new_* fields) founds beside or on `like`.

    A rest is never founded by a cut: a part cut from the rest of a parent gets the level and kind of the parent's other leaves.
    Raises EditError CODE_NEEDED, CODE_TAKEN, CODE_PATTERN, GONE, PARENT_LEVEL, LEVEL.
    """
    parent = operation.new_parent if operation.new_parent is not None else like.parent
    level, kind = operation.new_level or like.level, operation.new_kind or operation.new_level or like.kind
    if like.kind == _REST and operation.new_level is None:
        sibling = _sibling(workspace, like)
        level, kind = sibling.level, operation.new_kind or sibling.kind
    if level not in workspace.levels or workspace.levels[level].rank is None:
        raise workspace.refusal("LEVEL", area=level, reason="no such level on the ladder", reason_zh="没有该层级")
    code = operation.new_code or next_code(workspace, like, level, parent)
    key = operation.new_key if operation.new_key is not None else workspace.next_key()
    if key >= 0 or key in workspace:
        raise workspace.refusal(
            "LEVEL", area=str(key), reason="a new area needs a negative key of its own", reason_zh="新区域须使用未占用的负数标识"
        )
    state = AreaState(
        key=key,
        level=level,
        code=code,
        name=operation.new_name or code,
        kind=kind,
        parent=parent,
        geometry=None,
        households=0,
        shares_face_of=None,
    )
    check_code(workspace, state, code)
    check_parent(workspace, state, parent, usual=like.parent if like.level == level else None)
    return state


def check_code(workspace: Workspace, state: AreaState, code: str) -> None:
    """Nothing, when the area may have the code. Raises EditError CODE_PATTERN, CODE_TAKEN.

    A code is taken by an area of the same level, and a leaf's by a leaf of any level.
    """
    level = workspace.levels[state.level]
    if not is_code(code, level.code_pattern):
        raise workspace.refusal("CODE_PATTERN", area=code, level=level.name, level_zh=level.zh)
    is_leaf = level.leaf or state.geometry is not None or state.shares_face_of is not None
    for other in workspace.with_code(code):
        other_leaf = other.geometry is not None or other.shares_face_of is not None
        if other.key != state.key and (other.level == state.level or (is_leaf and other_leaf)):
            raise workspace.refusal("CODE_TAKEN", area=code, place=other.geometry)


def check_parent(workspace: Workspace, state: AreaState, parent: int | None, *, usual: int | None = None) -> None:
    """Nothing, when the area may hang there. Raises EditError GONE, LEVEL, PARENT_LEVEL, REST_TWICE.

    A parent is of a coarser level and owns no shape, and of the level of the `usual` one, where that is given (a micro-grid hangs on
    grids). A rest may hang anywhere, but only one on each parent.
    """
    if parent is None:
        return
    above = workspace[parent]
    rank = workspace.rank(above)
    owns = above.geometry is not None or above.shares_face_of is not None
    old = workspace.get(usual)
    other_level = old is not None and old.level != above.level and state.kind != _REST
    if not 0 <= rank < workspace.rank(state) or owns or other_level:
        raise workspace.refusal("PARENT_LEVEL", area=state.code, other=above.code)
    if state.kind == _REST and any(workspace[key].kind == _REST and key != state.key for key in workspace.children(parent)):
        raise workspace.refusal("REST_TWICE", area=state.code, other=above.code)


def next_code(workspace: Workspace, like: AreaState, level: str, parent: int | None) -> str:
    """The first code that no area of the draft has or had: the parent's code and a running number. Raises EditError CODE_NEEDED."""
    pattern = workspace.levels[level].code_pattern
    above = workspace.get(parent)
    stem = above.code if above is not None else ""
    example = next((workspace[key].code for key in sorted(workspace.children(parent or 0)) if workspace[key].level == level), like.code)
    if not example.startswith(stem) or len(example) <= len(stem):
        stem = example[: max(len(example) - 2, 1)]
    width = len(example) - len(stem)
    for number in range(1, 10 ** min(width, 4) - 1):  # all nines are left to a rest
        code = stem + str(number).zfill(width)
        if not workspace.was_code(code) and is_code(code, pattern):
            return code
    raise workspace.refusal("CODE_NEEDED", area=like.code)


def _sibling(workspace: Workspace, rest: AreaState) -> AreaState:
    siblings = [workspace[key] for key in workspace.children(rest.parent or 0) if key != rest.key and key in workspace.leaves]
    if not siblings:
        raise workspace.refusal("CODE_NEEDED", area=rest.code, place=rest.geometry)
    return min(siblings, key=lambda state: state.code)
