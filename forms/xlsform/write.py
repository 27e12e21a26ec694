"""A form as the rows of an XLSForm.

Rows are a function of the canonical JSON alone: maps, whose order canonical JSON does not keep, are sorted, and
numbers are written as canonical JSON writes them. So one version hash always gives the same rows.
"""

from collections.abc import Iterator, Mapping

from forms.definition import (
    METADATA,
    Choice,
    Form,
    Group,
    Item,
    Kind,
    Media,
    Question,
    Repeat,
    Submission,
    Text,
)
from forms.names import UNTOLD, pointer
from forms.schema import dump_form
from forms.version import version_hash
from forms.xlsform.companions import companion, lists_needed, required_beside
from forms.xlsform.own import own_columns, own_rows
from forms.xlsform.rows import lists_in_use, places_of_data_files, put, put_attributes, type_of
from forms.xlsform.sheets import Row, Sheets, scalar_text

_NOT_SHOWN = METADATA | {Kind.CALCULATE, Kind.HIDDEN}
_MEDIA = {"image": "image", "big_image": "big-image", "audio": "audio", "video": "video"}


def to_sheets(form: Form) -> Sheets:
    """The form as XLSForm sheets for the compiler; its version is the hash of its canonical JSON (all 64 digits)."""
    return _Writer(form, own=False).write()


def export_sheets(form: Form) -> Sheets:
    """The same with the columns and the sheet of our own, from which the form can be read back as it is."""
    return _Writer(form, own=True).write()


class _Writer:
    def __init__(self, form: Form, *, own: bool) -> None:
        self.form = form
        self.own = own
        self.titles = {language.code: language.title for language in form.languages}
        self.order = {language.code: place for place, language in enumerate(form.languages)}
        self.columns: dict[tuple[str, str], str] = {}
        self.data_files = places_of_data_files(form)
        self.survey: list[Row] = []
        self.survey_pointers: list[str] = []
        self.version = version_hash(dump_form(form))

    def write(self) -> Sheets:
        self._items(self.form.questions, "")
        choices = list(self._choices())
        return Sheets(
            survey=tuple(self.survey),
            choices=tuple(row for row, _ in choices),
            settings=self._settings(),
            survey_pointers=tuple(self.survey_pointers),
            choice_pointers=tuple(place for _, place in choices),
            external_choices=tuple(self._lists(self.form.external_choices)),
            entities=tuple(self._entities()),
            osm=tuple(self._lists(self.form.tags)),
            own=tuple(own_rows(self.form, self.version)) if self.own else (),
        )

    def _settings(self) -> Row:
        form = self.form
        row: Row = {
            "form_id": form.xform_id or form.id,
            "form_title": form.title.get(form.default_language) or form.title[min(form.title)],
            "version": self.version,
            "default_language": self._title(form.default_language),
            # Texts are ours as they are; pyxform would otherwise fold their white space.
            "clean_text_values": False,
        }
        submission = form.submission or Submission()
        put(
            row,
            {
                "name": form.root_name,
                "instance_name": form.instance_name,
                "style": form.style,
                "allow_choice_duplicates": form.allow_duplicate_choices,
                "omit_instanceID": True if form.instance_id is False else None,
                "instance_id": form.instance_id if isinstance(form.instance_id, str) else None,
                # Whatever stands in this column, pyxform takes it for a yes.
                "flat": form.flat or None,
                "submission_url": submission.url,
                "public_key": submission.public_key,
                "auto_send": submission.auto_send,
                "auto_delete": submission.auto_delete,
                "client_editable": submission.editable,
            },
        )
        if form.namespaces:
            row["namespaces"] = " ".join(f'{prefix}="{uri}"' for prefix, uri in sorted(form.namespaces.items()))
        for name, value in sorted((form.attributes or {}).items()):
            row[f"attribute::{name}"] = value
        return row

    def _items(self, items: tuple[Item, ...], parent: str) -> None:
        for name, kind in self.data_files.get(parent, ()):
            self._add({"type": f"{kind}-external", "name": name}, pointer("data_files", name))
        for position, item in enumerate(items):
            here = f"{parent}/questions/{position}"
            if isinstance(item, Question):
                self._questions(item, here)
                continue
            word = "group" if isinstance(item, Group) else "repeat"
            self._add(self._container(item, word), here)
            self._items(item.questions, here)
            self._add({"type": f"end_{word}"}, here)

    def _questions(self, item: Question, here: str) -> None:
        made = companion(self.form, item)
        row = self._question(item, item.required if made is None else required_beside(item))
        self._add(row, here)
        if made is not None:
            beside = self._question(made, None)
            if self.own:
                beside["feldbuch_made_for"] = item.name
            self._add(beside, here)

    def _add(self, row: Row, place: str) -> None:
        self.survey.append(row)
        self.survey_pointers.append(place)

    def _container(self, item: Group | Repeat, word: str) -> Row:
        row: Row = {"type": f"begin_{word}", "name": item.name}
        self._texts(row, "label", item.label)
        self._media(row, item.media)
        self._texts(row, "hint", item.hint)
        put(row, {"relevant": item.relevant, "read_only": item.read_only, "appearance": item.appearance})
        if isinstance(item, Repeat):
            put(row, {"repeat_count": item.count})
        put_attributes(row, item.attributes)
        if self.own:
            row.update(own_columns(item))
        return row

    def _question(self, item: Question, required: bool | str | None) -> Row:
        row: Row = {"type": type_of(item), "name": item.name}
        self._texts(row, "label", item.label)
        self._media(row, item.media)
        self._texts(row, "hint", item.hint)
        self._texts(row, "guidance_hint", item.guidance)
        put(row, {"relevant": item.relevant, "required": required})
        self._texts(row, "required_message", item.required_message)
        put(row, {"read_only": item.read_only, "constraint": item.constraint})
        self._texts(row, "constraint_message", item.constraint_message)
        self._texts(row, "no_app_error_string", item.no_app_message)
        put(
            row,
            {
                "calculation": item.calculation,
                "trigger": ",".join(f"${{{name}}}" for name in item.trigger) if item.trigger else None,
                "default": item.default,
                "appearance": item.appearance,
                "choice_filter": item.choice_filter,
                "save_to": item.save_to,
            },
        )
        if item.parameters:
            row["parameters"] = " ".join(
                f"{name}={scalar_text(value)}" for name, value in sorted(item.parameters.items())
            )
        put_attributes(row, item.attributes)
        if item.kind not in _NOT_SHOWN and item.label is None and item.hint is None and item.media is None:
            # A question without a text is for the checks to tell; this makes pyxform show it with an empty one.
            row["media"] = "-"
        if self.own:
            row.update(own_columns(item))
        return row

    def _choices(self) -> Iterator[tuple[Row, str]]:
        for name in lists_in_use(self.form):
            for position, choice in enumerate(self.form.choice_list(name) or ()):
                yield self._choice(name, choice), pointer("choices", name, position)
        missing = self.form.missing
        if missing is None:
            return
        for name, kinds in lists_needed(self.form):
            for kind in kinds:
                row: Row = {"list_name": name, "name": kind}
                if kind in missing.kinds:
                    self._texts(row, "label", missing.kinds[kind].label)
                yield row, pointer("missing", "kinds", kind)

    def _lists(self, lists: Mapping[str, tuple[Choice, ...]] | None) -> Iterator[Row]:
        for name in sorted(lists or {}):
            for choice in (lists or {})[name]:
                yield self._choice(name, choice)

    def _choice(self, list_name: str, choice: Choice) -> Row:
        row: Row = {"list_name": list_name, "name": choice.name}
        self._texts(row, "label", choice.label)
        self._media(row, choice.media)
        row.update(sorted((choice.values or {}).items()))
        return row

    def _entities(self) -> Iterator[Row]:
        for entity in self.form.entities or ():
            row: Row = {"dataset": entity.dataset}
            put(
                row,
                {
                    "label": entity.label,
                    "entity_id": entity.entity_id,
                    "create_if": entity.create_if,
                    "update_if": entity.update_if,
                    "repeat": entity.repeat,
                },
            )
            yield row

    def _media(self, row: Row, media: Media | None) -> None:
        if media is not None:
            for key, column in _MEDIA.items():
                self._texts(row, f"media::{column}", getattr(media, key))

    def _texts(self, row: Row, column: str, texts: Text | None) -> None:
        if texts is None:
            return
        last = len(self.order)
        # pyxform drops what stands before a text without a language.
        for language in sorted(texts, key=lambda code: (code != UNTOLD, self.order.get(code, last), code)):
            place = (column, language)
            title = self.columns.get(place)
            if title is None:
                title = column if language == UNTOLD else f"{column}::{self._title(language)}"
                self.columns[place] = title
            row[title] = texts[language]

    def _title(self, language: str) -> str:
        return UNTOLD if language == UNTOLD else self.titles.get(language, language)
