"""Accounts, key slots, password hashing and the terminal's own keys."""
