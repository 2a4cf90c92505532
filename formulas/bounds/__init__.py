"""Lower bounds: on time by a device's roofline, on memory traffic by channel balance."""
