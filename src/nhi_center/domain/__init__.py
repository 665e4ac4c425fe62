"""What the office knows: pure values and rules (no Qt, SQL, files, sockets or clock of its own)."""
