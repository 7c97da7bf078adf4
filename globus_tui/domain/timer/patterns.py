r"""Regular expressions whose time grows with the length of the text alone, whatever the pattern.

The standard library tries one way after the other, which for `(a+)+$` takes centuries, and nothing stops it: it holds
the interpreter. Here all ways are gone at once (Thompson, 1968), each set of places in the pattern is remembered with
where each character leads from it, and a pattern that wants too many sets is given up. Therefore there are no
backreferences and nothing looks ahead or behind.

Understood: `.` `[a-z]` `[^…]` `\d \w \s \D \W \S \b`, `^ $`, `( ) (?: ) |`, `* + ? {m} {m,} {m,n}`, also lazy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Test = Callable[[str], bool]

LONGEST = 200
"""Characters of a pattern."""
_PLACES = 1000
_SETS = 3000
_STEPS = 1_000_000
_DEEPEST = 40
_REPEAT = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}")
_CLASSES: dict[str, Test] = {
    "d": str.isdecimal,
    "w": lambda char: char.isalnum() or char == "_",
    "s": str.isspace,
    "D": lambda char: not char.isdecimal(),
    "W": lambda char: not (char.isalnum() or char == "_"),
    "S": lambda char: not char.isspace(),
}
_WORD = _CLASSES["w"]
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_FOUND, _START, _OTHER, _IN_WORD = -1, 0, 1, 2


class _Set:
    """Places in the pattern that matching may be at, with what was before: the start, part of a word, or else."""

    __slots__ = ("before", "moves", "places")

    def __init__(self, places: frozenset[int], before: int) -> None:
        self.places, self.before = places, before
        self.moves: dict[str | None, _Set | bool] = {}


class Pattern:
    """A regular expression that is looked for in case-folded texts. `problem`: why it was given up, or None."""

    def __init__(self, text: str) -> None:
        """Understands it. Raises `BadInput`: it is none, or asks for what cannot be bounded in time."""
        if len(text) > LONGEST:
            raise BadInput(f"A pattern has at most {LONGEST} characters.")
        self.problem: str | None = None
        self._tests: dict[int, tuple[Test, int]] = {}
        self._forks: dict[int, tuple[str, tuple[int, ...]]] = {}
        self._calls = 0
        self._first = _Reader(text, self).whole()(_FOUND)
        self._sets: dict[tuple[frozenset[int], int], _Set] = {}
        self._left = _STEPS
        self._begin = self._set(frozenset(), _START)

    def search(self, text: str) -> bool:
        """Whether it is somewhere in a text; False also when it was given up, see `problem`."""
        if self.problem is not None:
            return False
        state = self._begin
        try:
            for char in (*text, None):
                following = state.moves.get(char)
                if following is None:
                    following = state.moves[char] = self._move(state, char)
                if isinstance(following, bool):
                    return following
                state = following
        except OverflowError:
            self.problem = "This pattern would take too long; write a simpler one."
            self._sets.clear()
            self._begin.moves.clear()
        return False

    # --- made by the reader: places in the pattern, each told what follows it

    def place(self, test: Test, after: int) -> int:
        number = self._next_number()
        self._tests[number] = test, after
        return number

    def fork(self, after: Iterable[int], condition: str = "") -> int:
        """Branches that are taken without reading a character, if a condition holds."""
        number = self._next_number()
        self._forks[number] = condition, tuple(after)
        return number

    def loop(self, body: Callable[[int], int], after: int) -> int:
        """The body any number of times."""
        number = self._next_number()
        self._forks[number] = "", (after,)
        self._forks[number] = "", (body(number), after)
        return number

    def _next_number(self) -> int:
        self._calls += 1
        if self._calls > _PLACES:
            raise BadInput("The pattern is too long with all its repetitions.")
        return self._calls

    count_call = _next_number
    """A repetition of nothing counts, too: it makes no place, but takes time to make."""

    # --- moving

    def _set(self, places: frozenset[int], before: int) -> _Set:
        known = self._sets.get((places, before))
        if known is None:
            if len(self._sets) >= _SETS:
                raise OverflowError
            known = self._sets[places, before] = _Set(places, before)
        return known

    def _move(self, state: _Set, char: str | None) -> _Set | bool:
        """The places that a character, or the end of the text, leads to; True when the pattern matched before it."""
        reached, waiting = set[int](), [*state.places, self._first]
        while waiting:
            place = waiting.pop()
            if place in reached:
                continue
            reached.add(place)
            if place == _FOUND:
                return True
            if place in self._forks:
                condition, after = self._forks[place]
                if not condition or _holds(condition, state.before, char):
                    waiting += after
        self._left -= len(reached)
        if self._left < 0:
            raise OverflowError
        if char is None:
            return False
        places = (self._tests[place] for place in reached if place in self._tests)
        after_it = frozenset(after for test, after in places if test(char))
        return self._set(after_it, _IN_WORD if _WORD(char) else _OTHER)


def _holds(condition: str, before: int, char: str | None) -> bool:
    if condition == "^":
        return before == _START
    if condition == "$":
        return char is None
    return (before == _IN_WORD) is not (char is not None and _WORD(char))


class _Reader:
    """Reads a pattern. Each method gives a function that, told the place that follows, makes those of what was read."""

    def __init__(self, text: str, made: Pattern) -> None:
        self._text, self._at, self._made, self._depth = text, 0, made, 0

    def whole(self) -> Callable[[int], int]:
        make = self._ways()
        if self._at < len(self._text):
            raise BadInput("There is a ) without its (.")
        return make

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._text[self._at - 1 : self._at]

    def _ways(self) -> Callable[[int], int]:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadInput("The parentheses are nested too deeply.")
        ways = [self._row()]
        while self._next() == "|":
            self._take()
            ways.append(self._row())
        self._depth -= 1
        if len(ways) == 1:
            return ways[0]
        return lambda after: self._made.fork([way(after) for way in ways])

    def _row(self) -> Callable[[int], int]:
        parts: list[Callable[[int], int]] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._one()))

        def make(after: int) -> int:
            for part in reversed(parts):
                after = part(after)
            return after

        return make

    def _repeated(self, body: Callable[[int], int]) -> Callable[[int], int]:
        match = _REPEAT.match(self._text, self._at)
        if self._next() in ("*", "+", "?"):
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[self._take()]
        elif match:
            least = int(match[1])
            most = least if match[2] is None else int(match[3]) if match[3] else None
            self._at = match.end()
        else:
            return body
        if most is not None and most < least:
            raise BadInput("In {m,n} the second number is the larger one.")
        if self._next() == "?":
            self._take()
        if self._next() in ("*", "+") or (self._next() == "{" and _REPEAT.match(self._text, self._at)):
            raise BadInput(f"There is nothing for {self._next()} to repeat.")

        def make(after: int) -> int:
            if most is None:
                after = self._made.loop(body, after)
            for _ in range((most or least) - least):
                after = self._made.fork((body(after), after))
            for _ in range(least):
                self._made.count_call()
                after = body(after)
            return after

        return make

    def _one(self) -> Callable[[int], int]:
        char = self._take()
        if char == "(":
            return self._group()
        if char in ("*", "+", "?"):
            raise BadInput(f"There is nothing for {char} to repeat.")
        if char in ("^", "$"):
            return lambda after: self._made.fork((after,), char)
        if char == "[":
            return self._test(self._class())
        if char == ".":
            return self._test(lambda char: char != "\n")
        if char == "\\":
            return self._escaped()
        return self._literal(char)

    def _group(self) -> Callable[[int], int]:
        if self._next() == "?":
            self._take()
            if self._take() != ":":
                raise BadInput("After ( only ?: is understood: looking ahead or behind cannot be bounded in time.")
        make = self._ways()
        if self._take() != ")":
            raise BadInput("There is a ( without its ).")
        return make

    def _escaped(self) -> Callable[[int], int]:
        char = self._take()
        if char == "b":
            return lambda after: self._made.fork((after,), "b")
        if char in _CLASSES:
            return self._test(_CLASSES[char])
        return self._literal(self._escape(char))

    @staticmethod
    def _escape(char: str) -> str:
        if char in _CONTROLS:
            return _CONTROLS[char]
        if not char:
            raise BadInput("A \\ stands before nothing.")
        if char.isalnum():
            raise BadInput(f"\\{char} is not understood.")
        return char

    def _literal(self, char: str) -> Callable[[int], int]:
        folded = char.casefold()

        def make(after: int) -> int:
            for letter in reversed(folded):
                after = self._made.place(letter.__eq__, after)
            return after

        return make

    def _test(self, test: Test) -> Callable[[int], int]:
        return lambda after: self._made.place(test, after)

    def _class(self) -> Test:
        negated = self._next() == "^"
        if negated:
            self._take()
        tests: list[Test] = []
        first = True
        while first or self._next() != "]":
            low = self._in_class()
            first = False
            behind = self._text[self._at + 1 : self._at + 2]
            if isinstance(low, str) and self._next() == "-" and behind not in ("]", ""):
                self._take()
                high = self._in_class()
                if not isinstance(high, str) or high < low:
                    raise BadInput("In a class, a-z goes from the smaller to the larger.")
                tests.append(_between(low, high))
            else:
                tests.append(low.casefold().__contains__ if isinstance(low, str) else low)
        self._take()
        return lambda char: any(test(char) for test in tests) is not negated

    def _in_class(self) -> str | Test:
        char = self._take()
        if not char:
            raise BadInput("There is a [ without its ].")
        if char != "\\":
            return char
        char = self._take()
        return _CLASSES[char] if char in _CLASSES else self._escape(char)


def _between(low: str, high: str) -> Test:
    """Texts are case-folded: capital letters of a range are met by small ones."""
    return lambda char: low <= char <= high or low <= char.upper() <= high
