"""What a run shows beside counts: peak memory and the dataflow between layers."""
