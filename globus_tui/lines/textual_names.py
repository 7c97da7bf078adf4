"""The names of Textual's own that this program leans on although they are not meant for others, all in one place.

Seen in the versions of `SEEN_IN`. A test says which of them is missing in the version that is installed, and finds
names that are used and stand not here; nothing else reads this.
"""

from __future__ import annotations

SEEN_IN = ("8.2.8",)

NAMES = {
    "textual.app.App._display": "writes what a screen has drawn: `lines.app` writes the cells of it that differ",
    "textual.app.App._batch_count": "whether drawing waits for the end of a batch",
    "textual.app.App._driver": "what is written to",
    "textual.app.App._fatal_error": "shows a crash: ours shows it without local variables, which may hold tokens",
    "textual.screen.Screen._dispatch_message": "deals with a message: not on a page that was left",
    "textual.screen.Screen._message_queue": "tells that a page has messages to deal with: the next key waits for that",
    "textual.screen.Screen._on_timer_update": "draws what is due now instead of up to a sixtieth of a second later",
    "textual.screen.Screen._styles_cache": "keeps lines of widgets that are gone: ours empties it when a page opens",
    "textual.widgets.Input._value": "what a field shows: ours shows nothing that reorders the line",
    "textual.drivers.linux_driver.LinuxDriver._file": "what is written to: ours outlives the terminal",
    "textual.drivers.linux_driver.LinuxDriver._get_terminal_size": "asks standard output: ours asks what is drawn on",
    "textual._xterm_parser.XTermParser": "makes keys of bytes: ours waits for them, and for ends of pastes",
}
