"""Whoever tells a checker to be quiet says why, in the same line."""

import io
import re
import tokenize

SUPPRESSION = re.compile(r"#\s*(type:\s*ignore|noqa|pragma:\s*no\s*cover|fmt:\s*off)")
# The checker, the rules it is to pass over by name, and a reason of at least two words.
REASONED = re.compile(r"#\s*(type:\s*ignore\[[\w, -]+\]|noqa:\s*[A-Z]+\d+(, ?[A-Z]+\d+)*)\s+#\s*\S+\s+\S+")


def unreasoned(sources: dict[str, str]) -> list[str]:
    found = []
    for path, text in sources.items():
        comments = (token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT)
        found += [f"{path}:{c.start[0]}" for c in comments if SUPPRESSION.search(c.string) and not REASONED.search(c.string)]
    return found


def test_every_suppression_has_a_reason(sources: dict[str, str]) -> None:
    found = unreasoned(sources)
    assert found == [], "\n".join(found)


def test_the_rule_can_fail() -> None:
    quiet, reason = "x = 1  # type: " + "ignore[misc]", "  # folium carries no types"
    assert unreasoned(
        {"a.py": quiet, "b.py": quiet + reason, "c.py": "x = 1  # no" + "qa", "d.py": "x = 1  # type: " + "ignore" + reason}
    ) == [
        "a.py:1",
        "c.py:1",
        "d.py:1",
    ]
    assert unreasoned({"a.py": "text = '# no" + "qa'"}) == []
