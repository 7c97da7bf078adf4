#!/usr/bin/env bash
# A closed screen whose variable was bound to the application's stays in memory until that variable changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check textual==8.2.8
cd "$folder"
venv/bin/python - <<'PY'
import asyncio
import gc
import weakref
from importlib.metadata import version

from textual.app import App
from textual.reactive import reactive
from textual.screen import Screen


class Page(Screen):
    shown = reactive(0, init=False)


class Console(App):
    known = reactive(0, init=False)


def alive(pages):
    gc.collect()
    return sum(one() is not None for one in pages)


async def main():
    app = Console()
    async with app.run_test() as pilot:
        pages = []
        for _ in range(5):
            page = Page().data_bind(shown=Console.known)
            pages.append(weakref.ref(page))
            await app.push_screen(page)
            await app.pop_screen()
            del page
            await pilot.pause()
        closed = alive(pages)
        app.known = 1
        await pilot.pause()
        return closed, alive(pages)


closed, changed = asyncio.run(main())
print(f"textual {version('textual')}: of 5 closed screens {closed} are in memory, {changed} once the variable has changed")
assert (closed, changed) == (5, 0)
PY
