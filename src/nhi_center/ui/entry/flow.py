"""The application as it is being keyed: values, what the rules say, where the clerk stands. No widget knows more than this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nhi_center.domain.entry import Draft
from nhi_center.domain.forms import envelope, prefill, rules, summary, types
from nhi_center.domain.forms.case import Finding, Severity
from nhi_center.domain.forms.definition import FieldDefinition, FieldType, FormDefinition, Page
from nhi_center.domain.forms.envelope import OpenLine
from nhi_center.domain.forms.summary import Summary
from nhi_center.services import entry as service
from nhi_center.services import forms
from nhi_center.services.entry import OpenEntry
from nhi_center.ui.common.key_count import KeyCount

CONFIRM = "confirm"
NEXT = "next"
PERSON_PAGE = "household"


@dataclass(frozen=True, slots=True)
class Said:
    """What stands under a field: ``kind`` error or warning."""

    kind: str
    text: str


class Flow:
    """One application in hand. Every change goes through ``take``, ``adopt`` or ``answer``."""

    def __init__(self, entry: OpenEntry, keys: KeyCount | None = None) -> None:
        """``keys``: the count of what the hand does, where it has begun before."""
        self.entry = entry
        self.keys = keys or KeyCount()
        draft = entry.application.draft
        self.values = dict(draft.values)
        self.typed = {name: text for name, text in draft.typed.items() if self._still_means(name, text)}
        self.reasons = dict(draft.reasons)
        self.visited = set(self.values) | set(self.typed)
        self.filled: dict[str, str] = {}
        self.carried = dict(draft.carried)
        self._refused: dict[str, str] = {}
        if not self.values and not self.typed:
            self._fill(self._known(entry.lines[0]))
        for line in entry.further:
            if line.person is not None and not self._keyed(line.line.number):
                self._fill(self._known(line))
        self.line = envelope.FIRST
        self.go_to(draft.page if draft.page in self.pages else self.pages[0])
        self.field = draft.field
        self._findings = self._judge()

    def _keyed(self, number: int) -> bool:
        """Whether anything of this line is more than taken over from the line before."""
        names = set(self.values) | set(self.typed)
        return any(envelope.split(name)[0] == number and self.carried.get(name) is not False for name in names)

    def _known(self, line: OpenLine) -> dict[str, str]:
        """What the register and the control slip say for one line, by the envelope's names; shared fields for the first alone."""
        found = prefill.prefill(line.form, line.person, line.household, self.entry.receipt)
        own = {field.id for page in line.form.pages if page.line for field in page.fields}
        number = line.line.number
        return {envelope.key(number, name): value for name, value in found.items() if number == envelope.FIRST or name in own}

    def _still_means(self, name: str, text: str) -> bool:
        """What was typed is shown again unless verification has settled another value since."""
        if name not in self.values or not self.form.has(name):
            return True
        return types.read(self.form.field(name), text, self.entry.today).value == self.values[name]

    # -- the way through --

    @property
    def form(self) -> FormDefinition:
        return self.entry.form

    @property
    def trail(self) -> tuple[tuple[str, ...], int]:
        """The titles of all steps, 受付 to 次の処理, and where we are. The pages of several persons are one step."""
        if not self.entry.further:
            return (*(page.title for page in self.form.pages), "確認", "次の処理"), self.step
        shared = [page.title for page in self.form.pages if not page.line]
        numbers = [line.line.number for line in self.entry.lines]
        place = f" {numbers.index(self.line) + 1}/{len(numbers)}人" if self.on_line_page else f" {len(numbers)}人"
        after = {CONFIRM: len(shared) + 1, NEXT: len(shared) + 2}.get(self.page, len(shared))
        return (*shared, f"届出内容{place}", "確認", "次の処理"), min(self.step, after) if self.step < len(shared) else after

    @property
    def on_line_page(self) -> bool:
        page = self.form_page(self.page)
        return page is not None and page.line

    @property
    def open_line(self) -> OpenLine:
        """The person line in hand: that of the page, or the one the search is for."""
        return self.entry.line(self.line)

    def go_to(self, page_id: str) -> None:
        """Stand at a page; a person's page takes its line in hand."""
        self.page = page_id
        if self.on_line_page:
            self.line = envelope.split(page_id)[0]

    def first_page_of(self, number: int) -> str:
        """The first page of a person line."""
        return next(page.id for page in self.form.pages if page.line and envelope.split(page.id)[0] == number)

    @property
    def pages(self) -> tuple[str, ...]:
        return (*(page.id for page in self.form.pages), CONFIRM, NEXT)

    @property
    def step(self) -> int:
        return self.pages.index(self.page)

    def form_page(self, page_id: str) -> Page | None:
        """The page of fields with this id; None for 確認 and 次の処理."""
        return next((page for page in self.form.pages if page.id == page_id), None)

    def page_of(self, field_id: str) -> str:
        """Where a field stands; "" for a field the form does not have."""
        for page in self.form.pages:
            if any(field.id == field_id for field in page.fields):
                return page.id
        return ""

    # -- values --

    def shown(self, field: FieldDefinition) -> bool:
        """Whether the paper asks this field now: a field with a condition is there while the condition holds."""
        return self.form.asks(field, self.values)

    def needed(self, field: FieldDefinition) -> bool:
        if field.answers:
            return any(f.rule == field.answers and rules.own_field(self.form, f) == field.id for f in self._findings)
        return self.form.is_required(field, self.values)

    def current_values(self) -> dict[str, str]:
        """The values of the fields the paper asks for now."""
        asked = {field.id for field in self.form.fields() if self.shown(field)}
        return {name: value for name, value in self.values.items() if name in asked and value}

    def take(self, field: FieldDefinition, text: str, reading: types.FieldReading) -> bool:
        """A field has been left with ``text``; True when that changes what is kept."""
        self.visited.add(field.id)
        before = (self.values.get(field.id, ""), self.typed.get(field.id, ""))
        keep = bool(text.strip()) and not reading.wipe and (bool(reading.problem) or field.type is FieldType.DATE)
        self.values.pop(field.id, None)
        self.typed.pop(field.id, None)
        if reading.value:
            self.values[field.id] = reading.value
        if keep:
            self.typed[field.id] = text
        changed = before != (self.values.get(field.id, ""), self.typed.get(field.id, ""))
        if changed:
            self._refused.pop(field.id, None)
            self._findings = self._judge()
        if reading.wipe:
            self.refuse(field.id, reading.problem)
        return changed

    def adopt(self, entry: OpenEntry) -> None:
        """The clerk has chosen a person: what the register knows fills what is empty or came from the person before."""
        before = self._known(self.open_line)
        self.entry = entry
        after = self._known(self.open_line)
        taken = {name: "" for name, value in before.items() if self.values.get(name) == value and name not in after}
        empty = {
            name: value
            for name, value in after.items()
            if self.values.get(name, "") in ("", before.get(name, "")) and not self.typed.get(name)
        }
        self._fill({**taken, **empty})
        self._findings = self._judge()

    def refresh(self, entry: OpenEntry) -> None:
        """The same application with newer facts (the sheets counted out of the tray)."""
        self.entry = entry
        self._findings = self._judge()

    def same_as_before(self, field: FieldDefinition, last: Mapping[str, str]) -> str:
        """前と同じ: the value of the person before, else of the paper before (``last``, by plain names); "" without one."""
        number, plain = envelope.split(field.id)
        numbers = [line.line.number for line in self.entry.lines]
        at = numbers.index(number) if number in numbers else 0
        value = self.values.get(envelope.key(numbers[at - 1], plain), "") if at else ""
        value = value or last.get(plain, "")
        if not field.carry or not value:
            return ""
        self._fill({field.id: value})
        self.carried[field.id] = False
        self._findings = self._judge()
        return value

    def confirm(self, field_id: str) -> None:
        """The clerk has looked at a value that was taken over."""
        if field_id in self.carried:
            self.carried[field_id] = True

    def unconfirmed(self) -> tuple[FieldDefinition, ...]:
        """Fields taken over that nobody has looked at."""
        return tuple(f for f in self.form.fields() if self.carried.get(f.id) is False and self.values.get(f.id) and self.shown(f))

    def carry_over(self) -> dict[str, str]:
        """What the next paper may take over from this one, by plain names: the last person's values."""
        kept: dict[str, str] = {}
        for field in self.form.fields():
            if field.carry and self.values.get(field.id):
                kept[envelope.split(field.id)[1]] = self.values[field.id]
        return kept

    def _fill(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            self.typed.pop(name, None)
            if value:
                self.values[name] = value
            else:
                self.values.pop(name, None)

    def fill_address(self, target: str, digits: str) -> str:
        """The beginning of the address for a postal code, when the address may be filled; "" leaves it as it is."""
        standing = self.typed.get(target) or self.values.get(target, "")
        if standing and standing != self.filled.get(target):
            return ""
        found = town_of(digits)
        if found:
            self.filled[target] = found
        return found

    @property
    def sheets(self) -> int:
        """Form and attachments together; 0 until both numbers read."""
        form, attached = self.values.get("sheets_form", ""), self.values.get("sheets_attached", "")
        return int(form) + int(attached) if form.isdecimal() and attached.isdecimal() else 0

    # -- what the rules say --

    def _judge(self) -> tuple[Finding, ...]:
        return service.evaluate(self.entry, self.current_values())

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self._findings

    def refuse(self, field_id: str, sentence: str) -> None:
        """The field was emptied, or the store has refused it: said until the clerk writes there again."""
        self._refused[field_id] = sentence

    def accept(self, field_id: str) -> None:
        self._refused.pop(field_id, None)

    def said(self, field_id: str) -> Said | None:
        """What the rules say at a field. That something is missing is said only where the clerk has been."""
        if field_id in self._refused:
            return Said("error", self._refused[field_id])
        at = [f for f in self._findings if f.field == field_id and (f.rule != "V01" or field_id in self.visited)]
        worst = next((f for f in at if f.severity is Severity.ERROR), at[0] if at else None)
        if worst is None:
            return None
        if worst.severity is Severity.ERROR:
            return Said("error", _first(worst.sentence) if worst.rule == "V01" else worst.sentence)
        return Said("warning", _first(worst.sentence))

    def unread(self) -> tuple[FieldDefinition, ...]:
        """Fields whose text could not be read."""
        return tuple(f for f in self.form.fields() if self.typed.get(f.id) and not self.values.get(f.id) and self.shown(f))

    def why_unread(self, field: FieldDefinition) -> str:
        """What is wrong with the text of such a field; nothing any more when its day has come since."""
        return types.read(field, self.typed[field.id], self.entry.today).problem or "この欄をもう一度確かめてください。"

    def unsettled(self) -> tuple[Finding, ...]:
        """What still stops the application."""
        return rules.unsettled(self.form, self.current_values(), self._findings, self.reasons)

    def stops_page(self, page: Page) -> str:
        """The first field of a page that is wrong or missing, "" when there is none. Warnings stop nothing."""
        self.visited.update(field.id for field in page.fields)
        wrong = (
            {f.field for f in self._findings if f.severity is Severity.ERROR} | {f.id for f in self.unread()} | set(self._refused)
        )
        return next((field.id for field in page.fields if field.id in wrong and self.shown(field)), "")

    def questions(self) -> tuple[Finding, ...]:
        """Warnings answered on the page 確認, with those already answered."""
        return tuple(f for f in self._findings if f.severity is Severity.WARNING and not self._own_field(f))

    def errors(self) -> tuple[Finding, ...]:
        """Errors, and warnings whose reason has a field of its own that is still empty. A field that is filled but could not be
        read is no missing one: ``unread`` has it."""
        unread = {field.id for field in self.unread()}
        stopping = (f for f in self.unsettled() if f.severity is Severity.ERROR or self._own_field(f))
        return tuple(f for f in stopping if f.rule != "V01" or f.field not in unread)

    def _own_field(self, finding: Finding) -> str:
        return rules.own_field(self.form, finding)

    def answered(self, finding: Finding) -> bool:
        codes = {choice.code for choice in finding.reasons}
        return (self.values.get(self._own_field(finding)) or self.reasons.get(finding.key, "")) in codes

    def answer(self, finding: Finding, code: str) -> None:
        """The reason for going on in spite of a warning; "" takes it back."""
        if code:
            self.reasons[finding.key] = code
        else:
            self.reasons.pop(finding.key, None)

    def ward_question(self) -> str:
        """What the rules suggest to ask the ward; "" when nothing is for the ward to settle."""
        return next((_first(finding.sentence) for finding in self._findings if finding.to_ward), "")

    # -- what is kept and what follows --

    def draft(self) -> Draft:
        """What is kept at every field's end."""
        live = {finding.key for finding in self._findings}
        asked = {field.id for field in self.form.fields() if self.shown(field)}
        return Draft(
            self.current_values(),
            {name: text for name, text in self.typed.items() if name in asked},
            {key: code for key, code in self.reasons.items() if key in live},
            self.page,
            self.field,
            {name: seen for name, seen in self.carried.items() if name in asked},
            self.keys.tally(),
        )

    def summary(self) -> Summary:
        """What the line in hand will change."""
        line = self.open_line
        values = envelope.values_of(line.line.number, line.form, self.current_values())
        return summary.effects(line.form, values, line.person, self.entry.today)

    def summaries(self) -> tuple[tuple[OpenLine, Summary], ...]:
        """The same for every person."""
        return service.effects(self.entry, self.current_values())

    def fact_of(self, field_id: str) -> str:
        """Stands after the long form of the day of the fact; "" at every other field."""
        number, plain = envelope.split(field_id)
        line = self.entry.line(number)
        if plain != line.form.fact:
            return ""
        return summary.fact_note(line.form, envelope.values_of(number, line.form, self.current_values()))


def _first(sentence: str) -> str:
    """At a field stands what is the matter; what to do follows on the page 確認."""
    return sentence.partition("。")[0] + "。"


def town_of(digits: str) -> str:
    """The beginning of an address for a postal code; what several towns share, "" when it is not in the table."""
    towns = forms.postal_book().towns(digits)
    if not towns:
        return ""
    first = towns[0]
    return first.address if len(towns) == 1 else first.prefecture + first.city
