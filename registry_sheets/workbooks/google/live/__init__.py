"""What Google is assumed to do and nobody wrote down: tried on a scratch tab of a real spreadsheet."""
