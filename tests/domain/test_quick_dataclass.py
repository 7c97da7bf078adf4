"""Values declared quickly behave as those of the standard library."""

from __future__ import annotations

import dataclasses
import pickle
from typing import ClassVar, Generic, TypeVar

import pytest

from globus_tui.domain.quick_dataclass import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Quick:
    """A value with one of everything."""

    KIND: ClassVar[str] = "quick"

    name: str
    size: int = 3
    extra: dict[str, int] = dataclasses.field(default_factory=dict, hash=False)
    origin: str | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def words(self) -> str:
        """Methods stay."""
        return f"{self.name} {self.size}"


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The same, of the standard library."""

    KIND: ClassVar[str] = "quick"

    name: str
    size: int = 3
    extra: dict[str, int] = dataclasses.field(default_factory=dict, hash=False)
    origin: str | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class More(Quick):
    """With a field of its own."""

    more: int = 0


@dataclass(frozen=True)
class Open(Generic[T]):
    """Without slots."""

    held: T
    seen: list[T] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Checked:
    """Looks at itself."""

    number: int

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("below zero")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("a",), {}), (("a", 4), {"origin": "x"}), ((), {"name": "b", "extra": {"k": 1}}), (("a", 1, {}, None), {})],
)
def test_it_takes_prints_and_compares_as_the_standard_one(
    arguments: tuple[object, ...], named: dict[str, object]
) -> None:
    quick, standard = Quick(*arguments, **named), Standard(*arguments, **named)  # type: ignore[arg-type]  # any mix
    assert repr(quick) == repr(standard).replace("Standard", "Quick")
    assert dataclasses.asdict(quick) == dataclasses.asdict(standard)
    assert (quick == Quick("a")) is (standard == Standard("a"))
    assert hash(quick) == hash(standard)
    assert quick.__eq__(standard) is NotImplemented


@pytest.mark.parametrize(("arguments", "named"), [((), {}), (("a", 1, {}, None, 5), {}), (("a",), {"colour": 1})])
def test_wrong_arguments_are_refused(arguments: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        Quick(*arguments, **named)  # type: ignore[arg-type]  # wrong on purpose


def test_it_has_room_for_its_fields_only() -> None:
    quick = Quick("a")
    with pytest.raises(AttributeError):
        setattr(quick, "colour", 4)  # noqa: B010  # the type checker would refuse it
    assert not hasattr(quick, "__dict__")


class Heir(Quick):
    """Declared as nothing: it may have what it likes besides."""

    nickname = ""


def test_an_heir_stays_what_it_is() -> None:
    heir = Heir("a", 2)
    assert type(heir) is Heir
    assert (heir.name, heir.size, heir.words) == ("a", 2, "a 2")
    assert type(Quick("a")) is Quick


def test_another_can_be_made_of_it() -> None:
    quick = Quick("a", origin="here")
    assert dataclasses.replace(quick, size=5) == Quick("a", 5)
    assert dataclasses.replace(quick, size=5).origin == "here"
    assert quick.words == "a 3"
    assert [one.name for one in dataclasses.fields(Quick)] == [one.name for one in dataclasses.fields(Standard)]


def test_it_comes_back_from_a_pickle() -> None:
    for one in (Quick("a", 2, {"k": 1}, "x"), More("a", more=2)):
        assert repr(pickle.loads(pickle.dumps(one, protocol=5))) == repr(one)


def test_a_child_has_the_fields_of_both_its_own_by_keyword() -> None:
    assert More("a", 1, more=2).more == 2
    assert More("a") != Quick("a")
    assert dataclasses.replace(More("a"), more=3, name="b") == More("b", more=3)
    assert vars(More)["__slots__"] == ("more",)
    with pytest.raises(TypeError):
        More("a", 1, {}, None, 2)  # type: ignore[call-arg]  # wrong on purpose


def test_one_without_slots_may_be_generic() -> None:
    first, second = Open[int](1), Open(2)
    assert (first.held, first.seen, second.seen) == (1, [], [])
    assert first.seen is not second.seen


@dataclass(frozen=True, slots=True)
class Sealed:
    """Says of itself what it wants."""

    word: str

    def __repr__(self) -> str:
        return "Sealed(...)"


def test_what_a_class_writes_itself_stays() -> None:
    assert repr(Sealed("x")) == "Sealed(...)"
    assert Sealed("x") == Sealed("x")


def test_defaults_are_not_shared() -> None:
    assert Quick("a").extra is not Quick("b").extra


def test_it_may_look_at_itself() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Checked(-1)


def test_it_can_be_matched_by_place() -> None:
    match Quick("a", 7):
        case Quick(name, size):
            assert (name, size) == ("a", 7)


def test_functions_are_written_when_they_are_first_used() -> None:
    @dataclass(frozen=True, slots=True)
    class Unused:
        """Nobody has made one yet."""

        name: str

    assert Unused.__init__.__name__ == "first_use"
    Unused("a")
    assert Unused.__init__.__name__ == "__init__"


def test_what_may_change_is_not_declared_here() -> None:
    with pytest.raises(TypeError, match="standard library"):
        dataclass(frozen=False)
