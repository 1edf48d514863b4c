"""Benchmarks: how fast the library is beside a peer on the same model, measured in the same run."""
