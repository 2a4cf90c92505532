"""How the API's page shows a doctest: as a block of code, which Markdown would take for a quote."""

import re
from typing import Any

from griffe import Extension, Object

EXAMPLE = re.compile(r"(?:^>>> .*\n?(?:^(?!\n).+\n?)*)", re.M)


class Examples(Extension):
    """Puts each example of a docstring between fences."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        if obj.docstring:
            text = obj.docstring.value
            obj.docstring.value = EXAMPLE.sub(lambda found: fenced(found.group()), text)


def fenced(example: str) -> str:
    return f"```pycon\n{example.rstrip()}\n```\n"
