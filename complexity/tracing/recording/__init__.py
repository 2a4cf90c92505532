"""Records of a run: calls of layers, and the work done in them."""
