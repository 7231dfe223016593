"""Whether a schema still serves those who rely on an older one.

Messages are kept for years and read by programs that nobody here can change. So for events that we
write a new schema may add optional fields, and nothing else: whatever narrows it breaks the reading
of old messages, whatever widens it breaks old readers. For events that others write (``accepted``)
it may also become more generous.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

# Constraints that let more through when they are removed, and how their values compare.
_LOWER_IS_WIDER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_HIGHER_IS_WIDER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_OTHER = ("pattern", "format", "const", "additionalProperties")


@dataclass(frozen=True)
class Break:
    """One change that breaks somebody: at which field, and what."""

    field: str
    change: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.field or 'the event'}: {self.change}"


def breaks(old: Schema, new: Schema, *, accepted: bool = False) -> list[Break]:
    """List what breaks readers of ``old`` (JSON Schema) once ``new`` is in force."""
    return list(_Comparison(old, new, accepted).nodes(old, new, ""))


@dataclass(frozen=True)
class _Comparison:
    old_root: Schema
    new_root: Schema
    accepted: bool

    def nodes(self, old: Schema, new: Schema, field: str) -> Iterator[Break]:
        """Compare what may stand at one place."""
        before, after = _alternatives(old, self.old_root), _alternatives(new, self.new_root)
        for kind in before.keys() - after.keys():
            if not (self.accepted and "any" in after):
                yield Break(field, f"{kind} is not allowed any more")
        for kind in after.keys() - before.keys():
            if not self.accepted and "any" not in before:
                yield Break(field, f"{kind} is allowed now, which readers do not expect")
        for kind in before.keys() & after.keys():
            yield from self.alternatives(before[kind], after[kind], field)

    def alternatives(self, old: Schema, new: Schema, field: str) -> Iterator[Break]:
        """Compare two schemas of the same type."""
        yield from self.constraints(old, new, field)
        yield from self.choices(old, new, field)
        if "properties" in old or "properties" in new:
            yield from self.properties(old, new, field)
        if "items" in old and "items" in new:
            yield from self.nodes(old["items"], new["items"], f"{field}[]")

    def properties(self, old: Schema, new: Schema, field: str) -> Iterator[Break]:
        """Compare the fields of two objects."""
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            place = f"{field}.{name}" if field else name
            if name not in after:
                yield Break(place, "it is gone")
                continue
            if name in needed - needs and not self.accepted:
                yield Break(place, "it was always there and is optional now")
            if name in needs - needed:
                yield Break(place, "it was optional and is required now")
            yield from self.nodes(schema, after[name], place)
        for name in sorted(needs - before.keys()):
            place = f"{field}.{name}" if field else name
            yield Break(place, "it is new and required: messages that are kept do not have it")

    def choices(self, old: Schema, new: Schema, field: str) -> Iterator[Break]:
        """Compare the values of an enumeration."""
        before, after = old.get("enum"), new.get("enum")
        if before is None and after is None:
            return
        if before is None or after is None:
            if not (self.accepted and after is None):
                yield Break(field, "an enumeration has become a free value, or a free value one")
            return
        for value in [each for each in before if each not in after]:
            yield Break(field, f"{value!r} is no value of it any more")
        for value in [each for each in after if each not in before]:
            if not self.accepted:
                yield Break(field, f"{value!r} is a new value, which readers do not expect")

    def constraints(self, old: Schema, new: Schema, field: str) -> Iterator[Break]:
        """Compare bounds and patterns."""
        for names, widens in (
            (_LOWER_IS_WIDER, lambda was, now: now < was),
            (_HIGHER_IS_WIDER, lambda was, now: now > was),
            (_OTHER, lambda _was, _now: False),
        ):
            for name in names:
                was, now = old.get(name), new.get(name)
                if was == now:
                    continue
                wider = now is None or (was is not None and widens(was, now))
                if not (self.accepted and wider):
                    yield Break(field, f"{name} was {was} and is {now}")


def _alternatives(schema: Schema, root: Schema) -> dict[str, Schema]:
    """Give what may stand at a place by type: ``any`` where nothing is said."""
    if "$ref" in schema:
        target: Any = root
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            target = target[step]
        return _alternatives(target, root)
    if "anyOf" in schema:
        found: dict[str, Schema] = {}
        for each in schema["anyOf"]:
            found |= _alternatives(each, root)
        return found
    types = schema.get("type", "any")
    return dict.fromkeys([types] if isinstance(types, str) else types, schema)
