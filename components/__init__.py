"""Pure presentation: plain data and a translator in, an event or nothing out. Owns the View and the words."""
