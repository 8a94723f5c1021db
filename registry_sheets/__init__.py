"""A model registry that lives in a spreadsheet."""

__version__ = "0.1.0"
