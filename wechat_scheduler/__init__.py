"""Keeps every WeChat credential of a business fresh, and delivers what it has to say on time."""

__version__ = "0.1.0"
