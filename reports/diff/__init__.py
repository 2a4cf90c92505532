"""Two reports compared row by row."""
