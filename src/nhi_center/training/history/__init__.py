"""A training house that has been worked in for months, so that reports, lists and searches are seen with real volumes."""
