"""What the operating system is asked to forbid, and what it has seen."""
