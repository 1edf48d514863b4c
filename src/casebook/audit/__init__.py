"""What holds: relations between figures, checks, comparisons, corrections, verdicts and what follows from them."""
