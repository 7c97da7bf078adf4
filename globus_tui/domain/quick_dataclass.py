"""`dataclass` for values, at a tenth of the cost of declaring one and a sixth of the cost of making one.

The standard library writes and compiles up to eight functions for every class when its module is loaded: 0.6 ms for
each, a third of a start of this program, most of it for classes that a session never uses. Here it writes a function
when that is first used. And values are frozen for the type checker, which sees every assignment in this program, not
at run time, where refusing them makes each value six times as dear to make: there are tens of thousands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    import inspect
    import types

    _WRITTEN = ("__init__", "__repr__", "__eq__", "__hash__")

    def dataclass(*, frozen, slots=False, kw_only=False):
        """Declares a value. Not for `InitVar`.

        Args:
            frozen: True; anything else is what `dataclasses` is for.
            slots: without a `__dict__`.
            kw_only: the class's own fields are keyword arguments.
        """
        if not frozen:
            raise TypeError("for values that may change there is the dataclass of the standard library")

        def declare(cls):
            own = _own_fields(cls, kw_only)
            inherited = {}
            for base in reversed(cls.__mro__[1:]):
                inherited |= getattr(base, "__quick_fields__", {})
            cls = _with_slots(cls, own, inherited) if slots else _with_defaults(cls, own)
            cls.__quick_fields__ = known = {**inherited, **own}
            cls.__match_args__ = tuple(name for name, one in known.items() if one.init and not one.kw_only)
            cls.__dataclass_fields__ = _FieldsWhenAsked(cls)
            for name in [name for name in _WRITTEN if name not in cls.__dict__]:
                setattr(cls, name, _stand_in(cls, name))
            return cls

        return declare

    def _own_fields(cls, kw_only):
        found = {}
        for name, annotation in inspect.get_annotations(cls).items():
            if "ClassVar[" in str(annotation):
                continue
            default = cls.__dict__.get(name, dataclasses.MISSING)
            if isinstance(default, types.MemberDescriptorType):
                default = dataclasses.MISSING
            one = default if isinstance(default, dataclasses.Field) else dataclasses.field(default=default)
            one.name, one.type, one.kw_only = name, annotation, kw_only
            found[name] = one
        return found

    def _with_defaults(cls, own):
        for name, one in own.items():
            if one.default is not dataclasses.MISSING:
                setattr(cls, name, one.default)
            elif name in cls.__dict__:
                delattr(cls, name)
        return cls

    def _with_slots(cls, own, inherited):
        """Slots cannot be added to a class: the same one again, with them."""
        body = {name: value for name, value in cls.__dict__.items() if name not in own}
        body.pop("__dict__", None)
        body.pop("__weakref__", None)
        body["__slots__"] = tuple(name for name in own if name not in inherited)
        again = type(cls)(cls.__name__, cls.__bases__, body)
        again.__qualname__ = cls.__qualname__
        return again

    def _stand_in(cls, name):
        def first_use(self, *arguments, **named):
            _complete(cls, name)
            return getattr(cls, name)(self, *arguments, **named)

        return first_use

    def _complete(cls, name):
        """Takes over one of the functions, which the standard library writes for the same fields; many are never used.

        The text about the class is given, or else that is written too, of the signature.
        """
        fields = [(known, one.type, one) for known, one in cls.__quick_fields__.items()]
        own = {"__doc__": cls.__name__}
        if hasattr(cls, "__post_init__"):
            own["__post_init__"] = cls.__post_init__
        written = {option: f"__{option}__" == name for option in ("init", "repr", "eq")}
        standard = dataclasses.make_dataclass(
            cls.__name__, fields, namespace=own, unsafe_hash=name == "__hash__", match_args=False, **written
        )
        for taken in ({name} & standard.__dict__.keys()) | {"__dataclass_fields__", "__dataclass_params__"}:
            setattr(cls, taken, standard.__dict__[taken])

    class _FieldsWhenAsked:
        """Stands for `__dataclass_fields__` until somebody asks, as `fields` and `replace` do."""

        def __init__(self, cls):
            self._cls = cls

        def __get__(self, instance, owner):
            _complete(self._cls, "")
            return self._cls.__dataclass_fields__
