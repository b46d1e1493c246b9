"""One idea a file: no file over 400 lines, half of them at most 120, no function over 60, no module that is named after nothing."""

import ast
from pathlib import Path
from statistics import median

LARGEST_FILE, MEDIAN_FILE, LARGEST_FUNCTION = 400, 120, 60
NAMES_FOR_NOTHING = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"}


def lines_of(text: str) -> int:
    return len(text.splitlines())


def large_files(sources: dict[str, str]) -> list[str]:
    return [f"{path}: {lines_of(text)} lines" for path, text in sources.items() if lines_of(text) > LARGEST_FILE]


def median_lines(sources: dict[str, str]) -> float:
    """Files that only re-export names are left out: they would make any median small."""
    return median(lines_of(text) for path, text in sources.items() if Path(path).name != "__init__.py")


def large_functions(trees: dict[str, ast.Module]) -> list[str]:
    functions = [
        (path, node) for path, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    sizes = [(path, node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for path, node in functions]
    return [f"{path}: {name} has {size} lines" for path, name, size in sizes if size > LARGEST_FUNCTION]


def names_for_nothing(sources: dict[str, str]) -> list[str]:
    return [path for path in sources if NAMES_FOR_NOTHING & {part.removesuffix(".py") for part in Path(path).parts}]


def test_no_file_is_large(sources: dict[str, str]) -> None:
    found = large_files(sources)
    assert found == [], "\n".join(found)


def test_no_test_file_is_large(repo_root: Path) -> None:
    found = large_files({str(path.relative_to(repo_root)): path.read_text() for path in (repo_root / "tests").rglob("*.py")})
    assert found == [], "\n".join(found)


def test_half_of_the_files_are_small(sources: dict[str, str]) -> None:
    assert median_lines(sources) <= MEDIAN_FILE


def test_no_function_is_large(trees: dict[str, ast.Module]) -> None:
    found = large_functions(trees)
    assert found == [], "\n".join(found)


def test_every_module_is_named_for_what_it_holds(sources: dict[str, str]) -> None:
    found = names_for_nothing(sources)
    assert found == [], "\n".join(found)


def test_these_rules_can_fail() -> None:
    assert large_files({"a.py": "x = 1\n" * 401, "b.py": "x = 1\n" * 400}) == ["a.py: 401 lines"]
    assert median_lines({"a.py": "x\n" * 10, "b.py": "x\n" * 300, "c.py": "x\n" * 200, "__init__.py": ""}) == 200
    assert large_functions({"a.py": ast.parse("def short():\n    pass\n\ndef long():\n" + "    x = 1\n" * 60)}) == [
        "a.py: long has 61 lines"
    ]
    assert names_for_nothing({"boundaries/utils.py": "", "geo_service/core/cases.py": "", "geo_service/cases/model.py": ""}) == [
        "boundaries/utils.py",
        "geo_service/core/cases.py",
    ]
