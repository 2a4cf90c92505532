"""Numbers and tables as text; knows no model."""
