"""What stands between this program and the rest of the computer."""
