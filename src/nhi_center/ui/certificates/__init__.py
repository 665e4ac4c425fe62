"""証等の出力: what waits to be printed, the page as it will come out, the paper, and the check of every sheet."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.certificates.screen import CertificatesScreen
from nhi_center.ui.common.screen import ScreenEntry

ENTRY = ScreenEntry(CertificatesScreen.name, CertificatesScreen.title, Action.PRINT, CertificatesScreen)
