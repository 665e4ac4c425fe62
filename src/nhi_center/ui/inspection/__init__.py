"""点検・監査: the day close and the log."""
