"""Lower bounds on time on a named device."""
