"""Settings of torch that a run detects or changes for its time: autocast, fused kernels."""
