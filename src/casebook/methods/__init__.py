"""Textbook methods, each verified against published digits; none knows the ledger or a chart."""
