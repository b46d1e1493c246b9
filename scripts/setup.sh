#!/bin/sh
# Makes .venv and installs the pinned packages into it:  scripts/setup.sh run | test
# Does nothing (in a few milliseconds) when pyproject.toml and constraints.txt are what they were. PYTHON names an interpreter,
# UV a uv to install with; an empty UV means pip though a uv is there.
set -eu
cd "$(dirname "$0")/.."
part=$1
stamp=.venv/.installed

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_venvs() { [ -n "$uv" ] || "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

# Prints the interpreter to use, or says in one line what is missing and what cures it.
find_python() {
    old='' bare=''
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        found=$(version_of "$name") || continue
        if ! new_enough "$name"; then old=${old:-$found}
        elif ! makes_venvs "$name"; then bare=${bare:-$found}
        else echo "$name"; return
        fi
    done
    if [ -n "$bare" ]; then
        fail "python$bare-venv is missing: apt-get install python$bare-venv (elsewhere: a Python with the modules venv and ensurepip, or uv)"
    fi
    fail "Python 3.11 or newer is missing${PYTHON:+ at $PYTHON}${old:+ (found $old)}: install it, or name it: make PYTHON=/path/to/python3.11"
}

# Whether .venv is of the Python that was asked for; any will do when none was.
as_asked() { [ -z "${PYTHON:-}" ] || [ "$(version_of .venv/bin/python)" = "$(version_of "$PYTHON")" ]; }
works() { new_enough .venv/bin/python && { [ -n "$uv" ] || .venv/bin/python -m pip --version >/dev/null 2>&1; }; }

# The console is built with the package: other sources, or no build, and the package is installed again.
console() { [ ! -d map_ui/console ] || find map_ui/console -name node_modules -prune -o -type f ! -name schema.d.ts ! -name '*.md' ! -name '*.test.ts' -print | LC_ALL=C sort | xargs cat; }
built() { [ ! -d map_ui/console ] || [ -f map_ui/console_dist/index.html ]; }
fingerprint() { { pwd; cat pyproject.toml constraints.txt; console; } | cksum; }

uv=${UV-$(command -v uv || true)}
now=$(fingerprint)
if [ -x .venv/bin/python ] && [ -x .venv/bin/citygrid ] && [ -f "$stamp" ] && built && as_asked; then
    case "$(cat "$stamp")" in
    "$part $now" | "test $now") exit 0 ;;
    esac
fi

if ! { works && as_asked; }; then
    python=$(find_python)
    rm -rf .venv
    say "Making .venv with $("$python" --version)"
    if [ -n "$uv" ]; then "$uv" venv --quiet --python "$(command -v "$python")" .venv; else "$python" -m venv .venv; fi
fi

case $part in
run) project=. ;;
test) project='.[test]' ;;
*) fail "usage: scripts/setup.sh run | test" ;;
esac
say "Installing the packages (about a minute the first time)"
rm -f "$stamp"
if [ -n "$uv" ]; then
    "$uv" pip install --quiet --python .venv/bin/python --constraint constraints.txt --editable "$project"
else
    # pip compiles what it installs on one processor; this does it on all of them, and what cannot be compiled is no fault
    PIP_USER=0 .venv/bin/python -m pip install --quiet --disable-pip-version-check --use-pep517 --no-compile --constraint constraints.txt --editable "$project" &&
        { .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true; }
fi || fail "The packages could not be installed (the reason is above). A package index must be reachable; PIP_INDEX_URL names another one."
echo "$part $now" >"$stamp"
