#!/bin/sh
# Runs every program of a folder under tests, one after the other:  scripts/programs.sh bench | soak
# Each prints what it measured; the exit code says whether all of them were content.
set -u
cd "$(dirname "$0")/.."
failed='' seen=0
for program in "tests/$1"/*.py; do
    [ -e "$program" ] || continue
    seen=$((seen + 1))
    printf '== %s\n' "$program"
    PYTHONPATH=. .venv/bin/python "$program" || failed="$failed $program"
done
[ "$seen" -gt 0 ] || { echo "There is no program in tests/$1." >&2; exit 1; }
[ -z "$failed" ] || { echo "Not content:$failed" >&2; exit 1; }
