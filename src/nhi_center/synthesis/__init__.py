"""The synthetic register of the training ward (pure)."""
