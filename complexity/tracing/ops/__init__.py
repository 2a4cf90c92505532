"""The cost of an operator, read off its tensors."""
