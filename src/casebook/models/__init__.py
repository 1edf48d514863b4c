"""What a chapter composes from methods: its assumptions, its simulation, its result."""
