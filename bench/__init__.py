"""Benchmarks: what a run costs per layer, beside a floor measured in the same breath. `python -m bench`; POSIX only."""
