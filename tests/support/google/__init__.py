"""A stand-in for Google Sheets and Drive, held against Google's own interface description and real recordings."""
