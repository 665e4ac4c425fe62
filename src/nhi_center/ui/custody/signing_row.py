"""Step 3: both sign side by side, each with his own ID and password; whose number is known stands there already."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.handover import Phase, Side
from nhi_center.domain.visit import Visit
from nhi_center.services.handover import Credential
from nhi_center.services.handover_view import HandoverView
from nhi_center.ui.common.parts import Card, plain_button
from nhi_center.ui.common.sign_panel import SignPanel

_MISMATCH = (
    "1. 双方がもう一度数えます(相手の数は隠れます)。",
    "2. それでも違えば、違うまま両者が署名し、事故・差異の記録を作ります。",
    "3. この便の書類には、差異ありの印が付いたままになります。",
)
_AS_WARD = "上の表の内容に、区職員として署名します。画面の利用者は変わりません。"
_AS_CONTRACTOR = "上の表の内容に、受託者として署名します。画面の利用者は変わりません。"
_RECEIVER = "渡した人と同じ人は署名できません。この署名で、預かりの責任が移ります。"


class SigningRow(QHBoxLayout):
    """Signals: changed() at every edit; finished() for Enter in the receiver's password; recount_wanted()."""

    changed = Signal()
    finished = Signal()
    recount_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.panels = {
            Side.GIVER: SignPanel("渡した人", "ID", "", name="giver"),
            Side.RECEIVER: SignPanel("受け取った人", "ID", "", name="receiver"),
        }
        for side, panel in self.panels.items():
            panel.chain.finished.disconnect(panel.submit)
            panel.chain.finished.connect(self.finished if side is Side.RECEIVER else self._go_to_receiver)
            panel.changed.connect(self.changed)
        self.mismatch = Card("数が合わないとき", panel=True, name="mismatch_card")
        self.mismatch.add_lines(*_MISMATCH)
        self.mismatch.body.addStretch(1)
        self.recount_button = plain_button("もう一度数える", "F3", name="recount_button")
        self.recount_button.clicked.connect(self.recount_wanted)
        self.mismatch.add(self.recount_button)
        self.setSpacing(12)
        for part, share in ((self.panels[Side.GIVER], 400), (self.panels[Side.RECEIVER], 400), (self.mismatch, 326)):
            self.addWidget(part, share)

    def show_phase(self, phase: Phase | None) -> None:
        """What of the row belongs to this step; None: nothing."""
        for panel in self.panels.values():
            panel.setVisible(phase in (Phase.COMPARED, Phase.SIGNED))
        self.mismatch.setVisible(phase is Phase.COMPARED)

    def first_focus(self) -> QWidget:
        giver = self.panels[Side.GIVER]
        return giver.password_field.editor if giver.id_field.value() else giver.id_field.editor

    def show_view(self, view: HandoverView, own: str, contractor: bool, visit: Visit | None) -> None:
        """Who signs where. ``own``: who is signed in, for the contractor or the ward; ``visit``: who of the ward is known."""
        for side, panel in self.panels.items():
            ward = view.handover.direction.is_ward(side)
            self._name(panel, side, ward)
            panel.reset()
            signature = view.signatures.get(side)
            if signature is not None:
                panel.id_field.set_value(signature.person)
                panel.set_signed(signature.name)
                panel.set_statement(f"{signature.signed_at[11:16]} に上の表の内容に署名しました。")
                continue
            panel.set_statement(_RECEIVER if side is Side.RECEIVER else _AS_WARD if ward else _AS_CONTRACTOR)
            if view.phase is not Phase.COMPARED:
                continue
            if ward != contractor:
                panel.id_field.set_value(own)
            elif visit is not None:
                panel.id_field.set_value(visit.person)
                panel.set_statement(f"前の便から続けて {visit.name}。パスワードだけ入れます。別の人は Alt+E。")

    def _name(self, panel: SignPanel, side: Side, ward: bool) -> None:
        verb = "渡した人" if side is Side.GIVER else "受け取った人"
        panel.title.setText(f"{verb}({'区職員' if ward else '受託者'})")
        panel.id_field.label.setText("職員番号" if ward else "取扱者ID")
        panel.id_field.editor.setAccessibleName(f"{verb}の{panel.id_field.label.text()}")
        panel.password_field.editor.setAccessibleName(f"{verb}のパスワード")

    def forget(self, view: HandoverView, gone: Visit) -> None:
        """His number goes, unless somebody has typed a password beside it or it is signed."""
        for side, panel in self.panels.items():
            proposed = view.handover.direction.is_ward(side) and panel.id_field.value() == gone.person
            if proposed and not panel.signed and not panel.password_field.value():
                panel.reset()
                panel.set_statement(_RECEIVER if side is Side.RECEIVER else _AS_WARD)
                if panel.password_field.editor.hasFocus():
                    panel.id_field.editor.setFocus()

    def filled(self) -> bool:
        return all(panel.filled() for panel in self.panels.values())

    def take(self) -> tuple[Credential, Credential] | None:
        """What both have typed, once; None, and the keyboard at it, when something is missing."""
        if not all(panel.chain.commit_all() for panel in self.panels.values()):
            return None
        giver, receiver = (Credential(*panel.take()) for panel in self.panels.values())
        return giver, receiver

    def _go_to_receiver(self) -> None:
        receiver = self.panels[Side.RECEIVER]
        (receiver.password_field if receiver.id_field.value() else receiver.id_field).editor.setFocus()
