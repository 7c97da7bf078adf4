#!/usr/bin/env bash
# A widget that takes VerticalScroll as its second base has its methods but not its default styles: it does not scroll.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check textual==8.2.8
cd "$folder"
venv/bin/python - <<'PY'
import asyncio
from importlib.metadata import version

from textual.app import App
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static


class Step(Widget):
    pass


class StepFirst(Step, VerticalScroll):
    pass


class ScrollFirst(VerticalScroll, Step):
    pass


class Console(App):
    def compose(self):
        for kind in (StepFirst, ScrollFirst):
            with kind():
                yield Static("\n".join(map(str, range(200))))


async def main():
    app = Console()
    async with app.run_test(size=(40, 20)):
        found = [app.query_one(kind) for kind in (StepFirst, ScrollFirst)]
        return [(isinstance(one, VerticalScroll), one.styles.overflow_y, one.show_vertical_scrollbar) for one in found]


step, scroll = asyncio.run(main())
print(f"textual {version('textual')}: is a VerticalScroll, overflow, scroll bar: as second base {step}, as first {scroll}")
assert step == (True, "hidden", False)
assert scroll == (True, "auto", True)
PY
