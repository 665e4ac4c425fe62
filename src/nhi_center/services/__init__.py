"""One module per office task: permission, one transaction, audit entry, outbox row."""
