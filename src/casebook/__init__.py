"""The helper library of *Crunch Time*: a ledger of claims, bound numbers, charts, tables and models."""
