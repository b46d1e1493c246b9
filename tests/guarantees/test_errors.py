"""Every error has its place in the tree that its package's errors.py draws, and no error is defined anywhere else."""

import ast

PACKAGES = "boundaries", "geo_service", "map_ui"


def error_classes(trees: dict[str, ast.Module]) -> dict[str, str]:
    """The class names that descend from Exception, each with the file that defines it. A private one never reaches a caller."""
    classes = {node.name: (path, node) for path, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}

    def is_error(name: str) -> bool:
        if name in classes:
            return any(is_error(ast.unparse(base).rsplit(".", 1)[-1]) for base in classes[name][1].bases)
        return name in {"Exception", "BaseException"} or name.endswith(("Error", "Exception"))

    return {name: path for name, (path, _) in classes.items() if is_error(name) and not name.startswith("_")}


def undrawn(trees: dict[str, ast.Module]) -> list[str]:
    """Errors that are missing in their package's tree, or that stand outside its errors.py."""
    found = []
    for name, path in error_classes(trees).items():
        home = f"{path.partition('/')[0]}/errors.py"
        drawing = (ast.get_docstring(trees[home]) or "") if home in trees else ""
        if path != home or name not in drawing.split():
            found.append(f"{path}: {name}")
    return found


def drawn_but_missing(trees: dict[str, ast.Module]) -> list[str]:
    """Names in a drawn tree that no class has."""
    errors = error_classes(trees)
    lines = [line for path, tree in trees.items() if path.endswith("/errors.py") for line in (ast.get_docstring(tree) or "").splitlines()]
    names = [line.split("─ ")[1].split()[0] for line in lines if "─ " in line]
    return [name for name in names if name not in errors]


def test_every_error_is_drawn_in_its_tree(trees: dict[str, ast.Module]) -> None:
    found = undrawn(trees)
    assert found == [], "\n".join(found)
    found = drawn_but_missing(trees)
    assert found == [], "\n".join(found)


def test_the_rule_can_fail() -> None:
    drawn = '"""Trouble.\n\n    CityError\n    ├── PointError   a point\n    └── LostError    gone\n"""\n'
    late = "class LateTrouble(CityError): ...\nclass Plain: ...\nclass _Stop(Exception): ...\nclass Shape(Enum): ..."
    tree = {
        "boundaries/errors.py": ast.parse(
            f"{drawn}class CityError(Exception): ...\nclass PointError(CityError): ...\nclass NewError(PointError): ..."
        ),
        "boundaries/files.py": ast.parse(late),
    }
    assert undrawn(tree) == ["boundaries/errors.py: NewError", "boundaries/files.py: LateTrouble"]
    assert drawn_but_missing(tree) == ["LostError"]
