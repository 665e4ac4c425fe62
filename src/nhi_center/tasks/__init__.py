"""One-worker lanes (QtCore only)."""
