"""`dataclass` for frozen values at a tenth of the cost of declaring one.

The standard library writes and compiles up to eight functions for every class when its module is loaded: 0.6 ms for
each, a third of a start of this program, most of it for classes that a session never uses. Here a class gets its
functions when it is first used. Types, `fields`, `replace` and `asdict` are those of the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    import inspect
    import types
    from dataclasses import MISSING, Field, FrozenInstanceError

    def dataclass(*, frozen, slots=False, kw_only=False):
        """Declares a frozen dataclass. Not for `InitVar`, nor for classes with an `__init__` or `__eq__` of their own.

        Args:
            frozen: True; anything else is what `dataclasses` is for.
            slots: without a `__dict__`.
            kw_only: the class's own fields are keyword arguments.
        """
        if not frozen:
            raise TypeError("for values that may change there is the dataclass of the standard library")

        def declare(cls):
            own = _own_fields(cls, kw_only)
            inherited = [getattr(base, "__quick_fields__", {}) for base in reversed(cls.__mro__[1:])]
            known = {name: one for fields in (*inherited, own) for name, one in fields.items()}
            if slots:
                cls = _with_slots(cls, own, {name for fields in inherited for name in fields})
            else:
                for name, one in own.items():
                    if isinstance(cls.__dict__.get(name), Field):
                        _take_default(cls, name, one)
            _complete(cls, known, slots)
            return cls

        return declare

    def _own_fields(cls, kw_only):
        found = {}
        for name, annotation in inspect.get_annotations(cls).items():
            if "ClassVar[" in str(annotation):
                continue
            default = getattr(cls, name, MISSING)
            if isinstance(default, types.MemberDescriptorType):
                default = MISSING  # the slot of a base class
            one = default if isinstance(default, Field) else dataclasses.field(default=default)
            one.name, one.type, one.kw_only = name, annotation, kw_only
            found[name] = one
        return found

    def _take_default(cls, name, one):
        if one.default is MISSING:
            delattr(cls, name)
        else:
            setattr(cls, name, one.default)

    def _with_slots(cls, own, inherited):
        """Slots cannot be added to a class: the same one again, with them."""
        body = {name: value for name, value in cls.__dict__.items() if name not in own}
        body.pop("__dict__", None)
        body.pop("__weakref__", None)
        body["__slots__"] = tuple(name for name in own if name not in inherited)
        again = type(cls)(cls.__name__, cls.__bases__, body)
        again.__qualname__ = cls.__qualname__
        return again

    def _complete(cls, known, slots):
        cls.__quick_fields__ = known
        cls.__dataclass_fields__ = _FieldsWhenAsked(cls)
        cls.__match_args__ = tuple(name for name, one in known.items() if one.init and not one.kw_only)
        cls.__init__ = _written_when_used(cls, "__init__", _init_source)
        cls.__eq__ = _written_when_used(cls, "__eq__", _eq_source)
        if "__hash__" not in cls.__dict__ or cls.__dict__["__hash__"] is None:
            cls.__hash__ = _written_when_used(cls, "__hash__", _hash_source)
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = _repr
        cls.__setattr__, cls.__delattr__ = _refuse_to_set, _refuse_to_delete
        if slots:
            cls.__getstate__, cls.__setstate__ = _get_state, _set_state

    def _written_when_used(cls, name, source):
        def first_time(self, *arguments, **named):
            lines, names = source(cls.__quick_fields__, cls)
            made = {}
            exec("\n".join(lines), names, made)  # noqa: S102  # names of fields, as the standard library does
            made[name].__qualname__ = f"{cls.__qualname__}.{name}"
            setattr(cls, name, made[name])
            return made[name](self, *arguments, **named)

        return first_time

    def _init_source(known, cls):
        names = {"_unset": MISSING, "_set": object.__setattr__}
        plain, keyword, values = [], [], []
        for name, one in known.items():
            factory = one.default_factory is not MISSING
            names[f"_of_{name}"] = one.default_factory if factory else one.default
            value = f"_of_{name}() if {name} is _unset else {name}" if factory else name
            if one.init:
                default = "=_unset" if factory else "" if one.default is MISSING else f"=_of_{name}"
                (keyword if one.kw_only else plain).append(f"{name}{default}")
            elif factory:
                value = f"_of_{name}()"
            if one.init or factory:
                values.append((name, value))
        body = [f" _set(self, {name!r}, {value})" for name, value in values]
        if cls.__bases__ == (object,) and set(cls.__dict__.get("__slots__", ())) == set(known):
            body = _filled_while_open(cls, values, names) + ([" else:", *(f" {line}" for line in body)] if body else [])
        if hasattr(cls, "__post_init__"):
            body.append(" self.__post_init__()")
        arguments = ["self", *plain, *(["*", *keyword] if keyword else [])]
        return [f"def __init__({', '.join(arguments)}):", *(body or [" pass"])], names

    def _filled_while_open(cls, values, names):
        """Lines that fill an object as one of a class with the same slots that may be set, then make it what it is.

        A call for each field is what a frozen object costs otherwise: six times as much for one with twenty fields.
        """
        names["_closed"], names["_open"] = cls, type(cls.__name__, (), {"__slots__": cls.__slots__})
        lines = [" if self.__class__ is _closed:", '  _set(self, "__class__", _open)']
        return [*lines, *(f"  self.{name} = {value}" for name, value in values), "  self.__class__ = _closed"]

    def _tuple_of(owner, names):
        return f"({''.join(f'{owner}.{name},' for name in names)})"

    def _eq_source(known, cls):
        names = [name for name, one in known.items() if one.compare]
        same = f"{_tuple_of('self', names)} == {_tuple_of('other', names)}"
        return [
            "def __eq__(self, other):",
            " if other.__class__ is self.__class__:",
            f"  return {same}",
            " return NotImplemented",
        ], {}

    def _hash_source(known, cls):
        names = [name for name, one in known.items() if (one.compare if one.hash is None else one.hash)]
        return ["def __hash__(self):", f" return hash({_tuple_of('self', names)})"], {}

    def _repr(self):
        shown = ", ".join(
            f"{name}={getattr(self, name)!r}" for name, one in type(self).__quick_fields__.items() if one.repr
        )
        return f"{type(self).__qualname__}({shown})"

    def _refuse_to_set(self, name, value):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_to_delete(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _get_state(self):
        return [getattr(self, name) for name in type(self).__quick_fields__]

    def _set_state(self, state):
        for name, value in zip(type(self).__quick_fields__, state, strict=True):
            object.__setattr__(self, name, value)

    class _FieldsWhenAsked:
        """Stands for `__dataclass_fields__` until somebody asks, as `fields` and `replace` do."""

        def __init__(self, cls):
            self._cls = cls

        def __get__(self, instance, owner):
            cls = self._cls
            fields = [(name, one.type, one) for name, one in cls.__quick_fields__.items()]
            like = dataclasses.make_dataclass(cls.__name__, fields, init=False, repr=False, eq=False, frozen=True)
            cls.__dataclass_params__, cls.__dataclass_fields__ = like.__dataclass_params__, like.__dataclass_fields__
            return like.__dataclass_fields__
