"""References: each names one question of the form, and a constraint looks back."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields

from forms.definition import Attributes, Entity, Form, Item, Media, Place, Question, Repeat, Text, walk
from forms.errors import Code, Finding, Severity
from forms.expressions import expressions_of, is_closed, references, texts_of
from forms.missing import COMPANION
from forms.names import nearest, pointer

_META = frozenset({"instanceID", "instanceName"})
_INSTANCE = re.compile(r"\binstance\s*\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")
_PULLED = re.compile(r"\bpulldata\s*\(\s*(?:'([^']*)'|\"([^\"]*)\")")
_LAST_SAVED = "__last-saved"


def check_references(form: Form) -> Iterator[Finding]:
    """Expressions that are not closed, and references that name nothing, several questions, or a later one."""
    yield from _References(form).check()


class _References:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.places = tuple(walk(form))
        self.order: dict[str, list[int]] = defaultdict(list)
        for position, place in enumerate(self.places):
            self.order[place.item.name].append(position)
            if isinstance(place.item, Question) and place.item.missing:
                self.order[place.item.name + COMPANION].append(position)
        self.instances = frozenset(_instances(form, self.places))

    def check(self) -> Iterator[Finding]:
        for position, place in enumerate(self.places):
            yield from self._item(place, position)
        for name, choices in (self.form.choices or {}).items():
            for number, choice in enumerate(choices):
                here = pointer("choices", name, number)
                yield from self._in_texts(choice.label or {}, "label", f"{here}/label")
                yield from self._in_media(choice.media, here)
        for number, entity in enumerate(self.form.entities or ()):
            yield from self._entity(entity, f"/entities/{number}")
        if self.form.instance_name is not None:
            yield from self._expression(self.form.instance_name, "instance_name", "/instance_name")

    def _item(self, place: Place, position: int) -> Iterator[Finding]:
        here = place.pointer
        for key, expression in expressions_of(place.item):
            if key == "default":
                yield from self._resolve(expression, key, f"{here}/{key}")
                continue
            yield from self._expression(expression, key, f"{here}/{key}")
            if key == "constraint":
                yield from self._later(expression, f"{here}/{key}", position)
        for key, texts in texts_of(place.item):
            yield from self._in_texts(texts, key, f"{here}/{key}")
        yield from self._in_media(place.item.media, here)
        for key, text in _further(place.item):
            yield from self._resolve(text, key.partition("/")[0], f"{here}/{key}")
        if isinstance(place.item, Question):
            yield from self._names(place.item, here)

    def _names(self, question: Question, here: str) -> Iterator[Finding]:
        """The keys that name questions, or a property of an entity, without `${}`."""
        if question.save_to is not None and not self.form.entities:
            yield Finding(Code.ENTITY_UNDECLARED, f"{here}/save_to", {"property": question.save_to})
        for number, name in enumerate(question.trigger or ()):
            where = f"{here}/trigger/{number}"
            if name in self.order:
                if not isinstance(self.places[self.order[name][0]].item, Question):
                    yield Finding(Code.NOT_A_QUESTION, where, {"name": name})
            else:
                yield self._unknown(name, "trigger", where)
        source = question.choices_from
        if source is None:
            return
        if source not in self.order:
            yield self._unknown(source, "choices_from", f"{here}/choices_from")
        elif not any(isinstance(parent, Repeat) for parent in self.places[self.order[source][0]].parents):
            yield Finding(Code.NOT_IN_REPEAT, f"{here}/choices_from", {"name": source})

    def _entity(self, entity: Entity, here: str) -> Iterator[Finding]:
        for key in ("label", "entity_id", "create_if", "update_if"):
            expression = getattr(entity, key)
            if expression is not None:
                yield from self._expression(expression, key, f"{here}/{key}")
        if entity.repeat is None:
            return
        if entity.repeat not in self.order:
            yield self._unknown(entity.repeat, "repeat", f"{here}/repeat")
        elif not isinstance(self.places[self.order[entity.repeat][0]].item, Repeat):
            yield Finding(Code.NOT_A_REPEAT, f"{here}/repeat", {"name": entity.repeat})

    def _expression(self, expression: str, key: str, where: str) -> Iterator[Finding]:
        if not is_closed(expression):
            yield Finding(Code.EXPRESSION_SYNTAX, where, {"key": key})
        yield from self._resolve(expression, key, where)
        for name in dict.fromkeys(instances_named(expression)):
            if name not in self.instances:
                yield Finding(Code.UNKNOWN_INSTANCE, where, {"name": name, "key": key})

    def _resolve(self, text: str, key: str, where: str) -> Iterator[Finding]:
        if "${" not in text:
            return
        for name in dict.fromkeys(reference.name for reference in references(text)):
            found = self.order.get(name, ())
            if not found and name not in _META:
                yield self._unknown(name, key, where)
            elif len(found) > 1:
                yield Finding(Code.AMBIGUOUS_REFERENCE, where, {"name": name, "key": key})

    def _unknown(self, name: str, key: str, where: str) -> Finding:
        near = nearest(name, self.order)
        if near is None:
            return Finding(Code.UNKNOWN_REFERENCE, where, {"name": name, "key": key})
        return Finding(Code.UNKNOWN_REFERENCE_NEAR, where, {"name": name, "key": key, "nearest": near})

    def _later(self, expression: str, where: str, position: int) -> Iterator[Finding]:
        for name in dict.fromkeys(found.name for found in references(expression) if not found.last_saved):
            if len(self.order.get(name, ())) == 1 and self.order[name][0] > position:
                yield Finding(Code.LATER_REFERENCE, where, {"name": name}, Severity.WARNING)

    def _in_texts(self, texts: Text, key: str, where: str) -> Iterator[Finding]:
        for language, text in sorted(texts.items()):
            if "${" in text:
                yield from self._resolve(text, key, f"{where}/{language}")

    def _in_media(self, media: Media | None, here: str) -> Iterator[Finding]:
        for medium, files in media_of(media):
            yield from self._in_texts(files, "media", f"{here}/media/{medium}")


def media_of(media: Media | None) -> Iterator[tuple[str, Text]]:
    """The name and languages of each medium that is given."""
    for each in fields(Media) if media is not None else ():
        files = getattr(media, each.name)
        if files is not None:
            yield each.name, files


def instances_named(expression: str) -> Iterator[str]:
    """The names of the secondary instances that an expression looks into."""
    if "instance" in expression:
        yield from (first or second for first, second in _INSTANCE.findall(expression))


def _instances(form: Form, places: Iterable[Place]) -> Iterator[str]:
    """What `instance()` may name: choice lists, files, and the record saved before."""
    yield _LAST_SAVED
    yield from form.choices or {}
    yield from form.external_choices or {}
    yield from form.data_files or {}
    for place in places:
        if isinstance(place.item, Question) and place.item.choices_file:
            yield place.item.choices_file.rpartition(".")[0]
        for _, expression in expressions_of(place.item):
            if "pulldata" in expression:
                yield from (first or second for first, second in _PULLED.findall(expression))


def _further(item: Item) -> Iterator[tuple[str, str]]:
    """Other values in which `${name}` is replaced: the key, with its part, and the text."""
    if item.appearance is not None:
        yield "appearance", item.appearance
    for name, value in (getattr(item, "parameters", None) or {}).items():
        if isinstance(value, str):
            yield f"parameters/{name}", value
    for each in fields(Attributes) if item.attributes is not None else ():
        for name, value in (getattr(item.attributes, each.name) or {}).items():
            yield f"attributes/{each.name}{pointer(name)}", value
