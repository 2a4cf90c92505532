"""Reports as JSON, data frames and JUnit XML; and JSON read back."""
