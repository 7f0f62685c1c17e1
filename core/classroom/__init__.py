"""A class votes: rooms with a code, anonymous votes on two blinded lists, results by fusion."""
