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
            own = _own_fields(cls)
            inherited, named = {}, set(own) if kw_only else set()
            for base in reversed(cls.__mro__[1:]):
                inherited |= getattr(base, "__quick_fields__", {})
                named |= getattr(base, "__quick_named__", set()) - own.keys()
            cls = _with_slots(cls, own, inherited) if slots else _with_defaults(cls, own)
            cls.__quick_fields__, cls.__quick_named__ = known, _ = {**inherited, **own}, named
            cls.__match_args__ = tuple(name for name in known if name not in named)
            cls.__dataclass_fields__ = _FieldsWhenAsked(cls)
            for name in [name for name in _WRITTEN if name not in cls.__dict__]:
                setattr(cls, name, _stand_in(cls, name))
            return cls

        return declare

    def _own_fields(cls):
        """By name: the annotation, and the default or what `field` gave."""
        fields = {}
        for name, annotation in inspect.get_annotations(cls).items():
            if "ClassVar[" not in str(annotation):
                default = cls.__dict__.get(name, dataclasses.MISSING)
                missing = isinstance(default, types.MemberDescriptorType)
                fields[name] = annotation, dataclasses.MISSING if missing else default
        return fields

    def _with_defaults(cls, own):
        for name, (_, declared) in own.items():
            default = declared.default if isinstance(declared, dataclasses.Field) else declared
            if default is not dataclasses.MISSING:
                setattr(cls, name, default)
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
            written = _WRITTEN[name](cls)
            written.__qualname__ = f"{cls.__qualname__}.{name}"
            setattr(cls, name, written)
            return written(self, *arguments, **named)

        return first_use

    def _init(cls):
        """The only one that is worth being compiled: it runs for every value."""
        names, arguments, lines = {"_new": object()}, ["self"], ["pass"]
        for name, (_, default) in sorted(cls.__quick_fields__.items(), key=lambda item: item[0] in cls.__quick_named__):
            factory, value = dataclasses.MISSING, name
            if isinstance(default, dataclasses.Field):
                default, factory = default.default, default.default_factory
            if name in cls.__quick_named__ and "*" not in arguments:
                arguments.append("*")
            if factory is not dataclasses.MISSING:
                names[f"_make_{name}"], default = factory, names["_new"]
                value = f"_make_{name}() if {name} is _new else {name}"
            names[f"_{name}"] = default
            arguments.append(name if default is dataclasses.MISSING else f"{name}=_{name}")
            lines.append(f"self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            lines.append("self.__post_init__()")
        exec("\n    ".join((f"def __init__({', '.join(arguments)}):", *lines)), names)  # noqa: S102  # names of this program
        return names["__init__"]

    def _values(cls, counts):
        """Gives the values of the fields that count for something."""
        names = [name for name, (_, default) in cls.__quick_fields__.items() if counts(default)]
        return eval(f"lambda self: ({''.join(f'self.{name}, ' for name in names)})", {})  # noqa: S307  # names of this program

    def _repr(cls):
        shown = [
            name for name, (_, default) in cls.__quick_fields__.items() if getattr(default, "repr", True) is not False
        ]

        def written(self):
            return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

        return written

    def _eq(cls):
        values = _values(cls, lambda own: not isinstance(own, dataclasses.Field) or own.compare)

        def written(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return written

    def _hash(cls):
        values = _values(
            cls, lambda own: not isinstance(own, dataclasses.Field) or (own.compare if own.hash is None else own.hash)
        )
        return lambda self: hash(values(self))

    _WRITTEN = {"__init__": _init, "__repr__": _repr, "__eq__": _eq, "__hash__": _hash}

    class _FieldsWhenAsked:
        """Stands for `__dataclass_fields__` until somebody asks, as `fields` and `replace` do."""

        def __init__(self, cls):
            self._cls = cls

        def __get__(self, instance, owner):
            cls = self._cls
            fields = []
            for name, (annotation, default) in cls.__quick_fields__.items():
                field = default if isinstance(default, dataclasses.Field) else dataclasses.field(default=default)
                field.kw_only = name in cls.__quick_named__
                fields.append((name, annotation, field))
            # The text about the class is given, or else that is written too, of the signature.
            standard = dataclasses.make_dataclass(
                cls.__name__, fields, namespace={"__doc__": name}, init=False, repr=False, eq=False, match_args=False
            )
            cls.__dataclass_fields__ = standard.__dataclass_fields__
            return cls.__dataclass_fields__
