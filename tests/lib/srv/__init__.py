"""Throw-away database servers. Users import from `servers`, one level up."""
