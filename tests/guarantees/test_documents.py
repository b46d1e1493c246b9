"""What an operator can set or call is written down: every setting in .env.example, every command in both READMEs."""

import re
from pathlib import Path
from typing import Any

import typer
from pydantic_settings import BaseSettings
from typer.main import get_command

import geo_service.settings
from geo_service.cli import app

PREFIX = "CITYGRID_"


def settings_of(classes: list[type[BaseSettings]]) -> set[str]:
    """The environment variables that these classes read."""
    return {f"{one.model_config.get('env_prefix', '')}{name}".upper() for one in classes for name in one.model_fields}


def documented_settings(text: str) -> set[str]:
    """The variables that .env.example assigns, commented out or not."""
    return set(re.findall(rf"^#? ?({PREFIX}[A-Z0-9_]+)=", text, re.MULTILINE))


def commands_of(program: typer.Typer) -> list[str]:
    """Every command that does something, as one types it: `citygrid boundaries import`."""
    return _below(get_command(program), "citygrid")


def _below(command: Any, typed: str) -> list[str]:
    children = getattr(command, "commands", None)
    if children is None:
        return [typed]
    own = [typed] if command.invoke_without_command and typed != "citygrid" else []
    return own + [found for name, child in sorted(children.items()) if not child.hidden for found in _below(child, f"{typed} {name}")]


def undocumented(commands: list[str], text: str) -> list[str]:
    return [command for command in commands if not re.search(rf"\b{re.escape(command)}(?![\w-])", text)]


def test_every_setting_is_in_the_example_file(repo_root: Path) -> None:
    classes = [one for one in vars(geo_service.settings).values() if isinstance(one, type) and issubclass(one, BaseSettings)]
    known = settings_of(classes)
    assert len(known) > 3
    assert documented_settings((repo_root / ".env.example").read_text()) == known


def test_every_command_is_in_both_readmes(repo_root: Path) -> None:
    commands = commands_of(app)
    assert len(commands) > 5
    for readme in ("README.md", "README.zh-CN.md"):
        found = undocumented(commands, (repo_root / readme).read_text())
        assert found == [], f"not in {readme}:\n" + "\n".join(found)


def test_these_rules_can_fail() -> None:
    assert documented_settings("CITYGRID_A=1\n# CITYGRID_B=2\n#CITYGRID_C=\nOTHER=1\nabout CITYGRID_D=4\n") == {
        "CITYGRID_A",
        "CITYGRID_B",
        "CITYGRID_C",
    }
    program, keys = typer.Typer(), typer.Typer()
    program.add_typer(keys, name="keys")
    program.command("route")(lambda: None)
    keys.command("create")(lambda: None)
    keys.command("internal", hidden=True)(lambda: None)
    commands = commands_of(program)
    assert commands == ["citygrid keys create", "citygrid route"]
    assert undocumented(commands, "Run `citygrid route IN OUT` and citygrid keys created.") == ["citygrid keys create"]
