"""What platforms say, held against the sheet. Pure: the asking is done elsewhere."""
