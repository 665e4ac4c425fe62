"""接続制限: watched while somebody works, told in the log, shown in the status bar and in 動作点検."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from nhi_center.domain.incident_report import Kind
from nhi_center.domain.isolation import LAYERS, Level, Machine
from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble
from nhi_center.isolation import guard, restrict
from nhi_center.services import incidents, self_check_command, ward_settings
from nhi_center.services.office import Office
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import begin, log_refusal, reading
from nhi_center.storage import watch
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart

_KEPT = "isolation"
_CONNECTS = frozenset({"connect", "name", "socket", "bind"})
"""What ``guard`` refuses of the network."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The word of the status bar with its tone (done, warning or error), and what it means in a sentence or two."""

    word: str
    tone: str
    summary: str


def record(office: Office) -> None:
    """Bring into the log what Python was refused since the last look, and the level when it is another than before."""
    terminal = terminal_session(office)
    taken, lost = guard.take()
    first: dict[tuple[str, str], float] = {}
    for one in taken:
        first.setdefault((one.act, one.target), one.at)
    counted = Counter((one.act, one.target) for one in taken)
    for (act, target), count in counted.items():
        at = datetime.fromtimestamp(first[act, target], UTC).isoformat(timespec="seconds")
        log_refusal(office, terminal, "denied", reason=f"isolation-{act}", target=target, count=count, tried_at=at)
        _open_incident(office, act, target, count)
    if lost:
        log_refusal(office, terminal, "denied", reason="isolation-more", count=lost)
    self_check_command.take_over(office)
    _record_level(office)


def _open_incident(office: Office, act: str, target: str, count: int) -> None:
    """A connect that was refused is what might have happened (受託 システム対策); one record a day for each address,
    however many of its ports were tried."""
    if act not in _CONNECTS or target == guard.LOCAL_SOCKET:
        return
    with begin(office, terminal_session(office), Action.SELF_CHECK, step="connect_refused", count=count) as unit:
        words = f"許可されていない接続を断った({target}、{count}回)。どのプログラムが試みたかを調べる。"
        address = target.partition(" port ")[0]
        incidents.open_found(unit, Kind.CONNECTION, words, source=f"connect {address} {unit.today}")


def fallen(office: Office) -> str:
    """What held at the start and does not hold any more, or what the ward asks for and is not there; in words, or "".

    Looks anew. What has fallen is in the log with the first look that finds it.
    """
    words = restrict.look() or _lacking(office)
    if words:
        _record_level(office, fell=True)
    return words


def require(office: Office, connection: Connection | None = None) -> None:
    """Raise EnvironmentTrouble IS-02 while something is missing: nobody signs in or unlocks over it."""
    words = restrict.look() or _lacking(office, connection)
    if words:
        raise EnvironmentTrouble("IS-02", f"接続制限に異状があるため、使えません。{words}区の担当者に連絡してください。")


def shown() -> Shown:
    """As it stood when it was last looked at."""
    reached = restrict.reached()
    if reached is None:
        return Shown("プログラムのみ", "warning", "システムの制限を受けずに動いています。通信の部品だけが、宛先を確かめます。")
    if words := restrict.fallen():
        return Shown("異状", "error", f"{words}区の担当者に連絡してください。")
    absent = [layer.layer for layer in LAYERS if layer in reached.missing]
    words = f"効いていないもの: {'、'.join(absent)}。" if absent else "このプログラムの制限は、すべて効いています。"
    if reached.level < Level.FILES:
        return Shown("一部だけ", "warning", words)
    if reached.machine is not Machine.REFUSED:
        return Shown("このプログラムを限定", "done", f"{words}ほかのプログラムの通信は、この端末の規則では止めていません。")
    return Shown("端末全体を限定", "done", f"{words}ほかのプログラムの通信も、この端末の規則が断ります。")


def _lacking(office: Office, connection: Connection | None = None) -> str:
    if restrict.reached() is None:
        return ""
    if connection is not None:
        return restrict.lacks(ward_settings.rules(office, connection).isolation)
    with reading(office, terminal_session(office), Action.SELF_CHECK) as own:
        return restrict.lacks(ward_settings.rules(office, own).isolation)


def _record_level(office: Office, *, fell: bool = False) -> None:
    """One entry for each change: of a start after another, too."""
    reached = restrict.reached()
    if reached is None:
        return
    terminal = terminal_session(office)
    now = {"level": reached.level.name.lower(), "machine": reached.machine.value, "fell": fell or bool(restrict.fallen())}
    with reading(office, terminal, Action.SELF_CHECK) as connection:
        if watch.state(connection, _KEPT) == now:
            return
    with begin(office, terminal, Action.SELF_CHECK, step="isolation_fell" if now["fell"] else "isolation") as unit:
        unit.note(level=str(now["level"]), machine=str(now["machine"]))
        if now["fell"]:
            words = "接続制限が、効いていた段階か、区の定める段階に足りなくなった。画面をロックした。動作点検の画面で確かめる。"
            incidents.open_found(unit, Kind.CONNECTION, words, source=f"isolation {unit.today}")
    with told_apart(), office.store.write.begin() as connection:
        watch.put_state(connection, _KEPT, now)
