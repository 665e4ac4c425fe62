"""The office-day tour and the benchmarks."""
