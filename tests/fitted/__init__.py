"""Scenarios fitted to logs."""
