"""How operators are observed or answered, and identical blocks run once."""
