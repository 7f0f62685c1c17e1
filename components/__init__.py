"""Pure presentation: plain data and a translator in, an event out. Owns the View and the words."""
