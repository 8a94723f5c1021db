"""What was: facts as history keeps them, and what follows from their sequence. Pure; no store is known here."""
