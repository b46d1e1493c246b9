"""Setting up on a machine that lacks something, and setting up again: with an interpreter that only pretends."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# Writes down how it was called; answers what version it is, whether it is new enough and has venv, makes .venv, installs nothing.
PRETENDER = """#!/bin/sh
echo "$*" >> "{log}"
case "$*" in
*"version_info < "*) exit {old} ;;
*version_info*) echo {version} ;;
*ensurepip*) exit {bare} ;;
*"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python; touch .venv/bin/citygrid; chmod +x .venv/bin/citygrid ;;
esac
"""
Setup = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def clone(repo_root: Path, tmp_path: Path) -> Path:
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(repo_root / name, tmp_path)
    shutil.copytree(repo_root / "scripts", tmp_path / "scripts")
    return tmp_path


@pytest.fixture
def setup(clone: Path) -> Setup:
    def run(part: str = "run", *, version: str = "3.11", old: int = 0, bare: int = 0) -> subprocess.CompletedProcess[str]:
        python = clone / "pretender"
        python.write_text(PRETENDER.format(log=clone / "calls", version=version, old=old, bare=bare))
        python.chmod(0o755)
        environment = {"PATH": os.defpath, "PYTHON": str(python), "UV": ""}
        return subprocess.run(["sh", clone / "scripts/setup.sh", part], env=environment, capture_output=True, text=True, check=False)

    return run


def installations(clone: Path) -> list[str]:
    """How pip was called since the last look, one line a call."""
    log = clone / "calls"
    told = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [call for call in told if "-m pip install" in call]


def test_an_old_python_is_named_with_its_cure(setup: Setup) -> None:
    done = setup(version="3.9", old=1)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Python 3.11 or newer is missing")
    assert "found 3.9" in line
    assert "make PYTHON=" in line


def test_a_python_that_makes_no_environments_is_named_with_its_cure(setup: Setup) -> None:
    done = setup(version="3.12", bare=1)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("python3.12-venv is missing: apt-get install python3.12-venv")


def test_nothing_is_done_again_until_the_requirements_change(setup: Setup, clone: Path) -> None:
    assert setup().returncode == 0
    (call,) = installations(clone)
    assert "--constraint constraints.txt" in call
    assert call.endswith("--editable .")
    assert setup().returncode == 0
    assert installations(clone) == []
    with (clone / "constraints.txt").open("a") as constraints:
        constraints.write("# changed\n")
    assert setup().returncode == 0
    assert len(installations(clone)) == 1


def test_what_the_tests_need_comes_on_top(setup: Setup, clone: Path) -> None:
    setup("run")
    assert setup("test").returncode == 0
    assert installations(clone)[1].endswith("--editable .[test]")
    assert setup("run").returncode == 0
    assert installations(clone) == []


def test_an_installation_that_was_cut_short_is_made_again(setup: Setup, clone: Path) -> None:
    setup()
    (clone / ".venv/bin/citygrid").unlink()
    setup()
    assert len(installations(clone)) == 2


def test_another_python_makes_another_environment(setup: Setup, clone: Path) -> None:
    setup(version="3.11")
    (clone / ".venv/old").touch()
    setup(version="3.12")
    assert not (clone / ".venv/old").exists()
    assert len(installations(clone)) == 2


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [("127.0.0.1", "70000", "not a port"), ("127.0.0.1", "http", "not a port"), ("no.such.invalid", "8000", "not an address")],
)
def test_a_wrong_place_to_listen_is_named_with_its_cure(repo_root: Path, host: str, port: str, said: str) -> None:
    assert said in reason(repo_root, host, port)


def test_a_port_in_use_is_named_with_another(repo_root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert f"make demo PORT={port + 1}" in reason(repo_root, "127.0.0.1", str(port))
    assert reason(repo_root, "127.0.0.1", str(port)) == ""


def reason(repo_root: Path, host: str, port: str) -> str:
    done = subprocess.run([sys.executable, repo_root / "scripts/port.py", host, port], capture_output=True, text=True, check=False)
    assert len(done.stderr.splitlines()) == done.returncode
    return done.stderr
