"""The ward's verifier: needs no store, no key and no network."""
