"""Small files that are replaced whole or not at all: see ``nhi_center.files``."""

from __future__ import annotations

from nhi_center.files import replace_file

__all__ = ["replace_file"]
