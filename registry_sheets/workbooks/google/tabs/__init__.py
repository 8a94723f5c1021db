"""Our tabs as Google's requests: cells, formulas, looks, marks, dropdowns. Pure: no call is made here."""
