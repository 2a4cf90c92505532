"""What can go wrong with a model, told in one sentence."""


class ModelError(ValueError):
    """A model that cannot be analysed: it raised, it took no such input, it is no module."""
