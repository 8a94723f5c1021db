"""Writing to platforms: what leaves the sheet, put where a company moves to. Only `export` does that."""
