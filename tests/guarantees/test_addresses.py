"""Nothing that is shipped asks another computer for anything: no remote address in code, pages, scripts or style sheets."""

import ast
import re
from pathlib import Path

# Names of vocabularies; nothing is fetched from them.
NAMES = {
    "www.w3.org",
    "json-schema.org",
    "www.opengis.net",
    "schemas.opengis.net",
    "spec.openapis.org",
    "wiki.open311.org",
    "www.apache.org",
}
LOCAL = {"127.0.0.1", "localhost", "testserver", "testserver.local", "host", "example.org", "city.example"}
ADDRESS = re.compile(r"(?:\b(?:https?|wss?|ftp):|(?<=[\"'(=]))//([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|localhost)(?![\w-])")
COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->|^\s*//.*?$", re.DOTALL | re.MULTILINE)
READ = {".py", ".js", ".mjs", ".ts", ".vue", ".css", ".html", ".svg", ".xml", ".j2", ".jinja"}


def remote_addresses(path: str, text: str) -> list[str]:
    """The hosts that this file's code names, without its comments and docstrings."""
    code = _texts(ast.parse(text)) if path.endswith(".py") else COMMENT.sub("", text)
    return [f"{path}: {host}" for host in ADDRESS.findall(code) if host.lower() not in NAMES | LOCAL]


def _texts(tree: ast.Module) -> str:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and ast.get_docstring(node) and isinstance(node.body[0], ast.Expr)
    }
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docstrings]
    return "\n".join(f'"{text}"' for text in texts)


def test_no_shipped_file_names_another_computer(repo_root: Path) -> None:
    files = [
        path
        for package in ("geo_service", "boundaries", "map_ui")
        for path in sorted((repo_root / package).rglob("*"))
        if path.suffix in READ
    ]
    assert len(files) > 20
    found = [
        remote
        for path in files
        if "node_modules" not in path.parts
        for remote in remote_addresses(str(path.relative_to(repo_root)), path.read_text())
    ]
    assert found == [], "\n".join(found)


def test_the_rule_can_fail() -> None:
    assert remote_addresses("a.py", "LINK = 'https://cdn.example.net/leaflet.js'") == ["a.py: cdn.example.net"]
    assert remote_addresses("a.py", "LINK = f'<script src=\"//cdn.example.net/{name}\">'") == ["a.py: cdn.example.net"]
    assert remote_addresses("a.html", "<script src='//cdn.example.net/x.js'></script>") == ["a.html: cdn.example.net"]
    assert remote_addresses("a.css", "@import url(https://fonts.example.net/f.css);") == ["a.css: fonts.example.net"]
    assert remote_addresses("a.js", "new WebSocket('wss://live.example.net')") == ["a.js: live.example.net"]


def test_what_is_not_fetched_may_be_named() -> None:
    assert remote_addresses("a.py", '"""See https://example.net/paper."""\n# https://example.net\nx = "http://www.w3.org/2000/svg"') == []
    assert remote_addresses("a.js", "/* from https://example.net */\n// https://example.net\nlet x = 1 // 2") == []
    assert remote_addresses("a.py", "x = f'http://{host}:{port}/ui'; y = 'http://127.0.0.1:8000'") == []
