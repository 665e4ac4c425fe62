"""The one server a workstation may talk to: ASGI in front of PostgreSQL."""
