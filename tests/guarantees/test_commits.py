"""Two places commit, one for the service and one for the library: whoever writes a row takes a connection and leaves it open."""

import ast
import re

MAY_COMMIT = {"geo_service/db.py", "boundaries/store/library.py", "geo_service/migrations/env.py"}
# Tells SQLite how a transaction starts; it commits nothing.
MAY_SAY_BEGIN = {"boundaries/store/engine.py"}
COMMITTING = {"commit", "begin", "begin_twophase", "autocommit"}
# In capitals, as SQL is written here: an event that is called "begin" is not meant.
STATEMENT = re.compile(r"\s*(COMMIT|END TRANSACTION|BEGIN( (IMMEDIATE|DEFERRED|EXCLUSIVE|TRANSACTION)|;?\s*$))")


def commit_sites(trees: dict[str, ast.Module]) -> list[str]:
    """path:line of each call that begins or ends a transaction, and of each SQL text that does."""
    found = []
    for path, tree in trees.items():
        if path in MAY_COMMIT:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COMMITTING:
                found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and path not in MAY_SAY_BEGIN and _says_so(node.value):
                found.append(f"{path}:{node.lineno}")
    return found


def _says_so(text: str) -> bool:
    return text == "AUTOCOMMIT" or ("\n" not in text.strip() and STATEMENT.match(text) is not None)


def test_only_two_places_commit(trees: dict[str, ast.Module]) -> None:
    found = commit_sites(trees)
    assert found == [], "\n".join(found)


def test_the_rule_can_fail() -> None:
    bad = [
        "connection.commit()",
        "with engine.begin() as c: pass",
        "c.exec_driver_sql('COMMIT')",
        "e.execution_options(isolation_level='AUTOCOMMIT')",
    ]
    assert commit_sites({"geo_service/cases/repository.py": ast.parse("\n".join(bad))}) == [
        f"geo_service/cases/repository.py:{line}" for line in (1, 2, 3, 4)
    ]
    assert commit_sites({"boundaries/store/engine.py": ast.parse("c.exec_driver_sql('BEGIN IMMEDIATE')")}) == []
    assert commit_sites({"geo_service/db.py": ast.parse(bad[0])}) == []
    assert commit_sites({"a.py": ast.parse("x = {'begin': 1}; y = 'beginning of the year'; with_savepoint = c.begin_nested()")}) == []
