"""What a pass found, as a page, a workbook, tables and mails. Made from values; reads and asks nothing."""
