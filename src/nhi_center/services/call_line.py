"""The line itself: nobody talks on two calls at once, nor after he has gone."""

from __future__ import annotations

from dataclasses import replace

from nhi_center.domain.calls import CallState
from nhi_center.services.work import Unit
from nhi_center.storage import calls


def end_talks(unit: Unit, *, held_too: bool) -> None:
    """End every call this person still talks on: what stands in it is kept and written up later (あとで記入).

    A call on hold goes on unless ``held_too``: its caller waits while another line is answered.
    """
    ended = 0
    for call in calls.open_calls(unit.connection):
        if call.clerk == unit.person and call.state is CallState.TALKING and (held_too or not call.held_at):
            calls.save(unit.connection, replace(call.ended(unit.local), state=CallState.WRAP_UP))
            ended += 1
    if ended:
        unit.note(calls_ended=ended)
