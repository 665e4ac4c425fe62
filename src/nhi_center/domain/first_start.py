"""最初の設定: how far a new terminal has been set up. Kept between two sittings, without any secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Step(StrEnum):
    """The steps in their order. From PEOPLE on the store exists and the ward administrator is signed in."""

    TERMINAL = "terminal"
    KEYS = "keys"
    SEGMENT = "segment"
    RECOVERY = "recovery"
    FOUNDER = "founder"
    PEOPLE = "people"
    PRINTER = "printer"
    CHECKLIST = "checklist"
    DONE = "done"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Step.TERMINAL: "端末と置き場所",
    Step.KEYS: "端末の鍵",
    Step.SEGMENT: "区のサーバ",
    Step.RECOVERY: "復旧の鍵",
    Step.FOUNDER: "区管理者",
    Step.PEOPLE: "区職員",
    Step.PRINTER: "プリンター",
    Step.CHECKLIST: "稼働前点検",
    Step.DONE: "完了",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What has been settled. ``public_key`` is the terminal's audit key, ``recovery`` the ward's key as people compare it."""

    terminal: str = ""
    label: str = ""
    business_folder: str = ""
    public_key: str = ""
    host: str = ""
    port: int = 0
    server_name: str = ""
    insurer: str = ""
    recovery: str = ""
    founder: str = ""
    people_done: bool = False
    printer: str = ""
    live_since: str = ""

    @property
    def step(self) -> Step:
        """The first step that is not settled."""
        settled = {
            Step.TERMINAL: bool(self.terminal and self.business_folder),
            Step.KEYS: bool(self.public_key),
            Step.SEGMENT: bool(self.host and self.insurer),
            Step.RECOVERY: bool(self.recovery),
            Step.FOUNDER: bool(self.founder),
            Step.PEOPLE: self.people_done,
            Step.PRINTER: bool(self.printer),
            Step.CHECKLIST: bool(self.live_since),
        }
        return next((step for step, done in settled.items() if not done), Step.DONE)

    def to_json(self) -> dict[str, Any]:
        return {"version": 1, **asdict(self)}


def from_json(body: Mapping[str, Any]) -> Plan:
    """Raises ValueError when it is not such a plan."""
    values = dict(body)
    kinds = {one.name: type(getattr(Plan(), one.name)) for one in fields(Plan)}
    if values.pop("version", None) != 1 or values.keys() != kinds.keys():
        raise ValueError("plan")
    if any(type(value) is not kinds[name] for name, value in values.items()):
        raise ValueError("plan")
    return Plan(**values)
