"""Edits of rows: what a person's command wants written, worked out on a table before anything is written."""
