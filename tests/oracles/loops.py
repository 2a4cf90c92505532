"""Counting by walking: the nested loops of a layer's definition, one step a multiply-add.

Nothing here multiplies sizes with each other, nor divides. Tiny sizes only.
"""

from itertools import cycle, product

from formulas.layers import Conv, Linear, Pool


def starts(size: int, kernel: int, stride: int, padding: int, dilation: int) -> list[int]:
    """Where a window may start on the padded line so that its last tap is still on it."""
    line = range(-padding, size + padding)
    return [start for start in line[::stride] if start + dilation * (kernel - 1) in line]


def ceil_starts(size: int, kernel: int, stride: int, padding: int, dilation: int) -> list[int]:
    """As ``starts``, and one more window that hangs over the end, if it starts before the padding
    on the right does.
    """
    found = starts(size, kernel, stride, padding, dilation)
    last = found[-1]
    ends = last + dilation * (kernel - 1) == size + padding - 1
    following = last + stride
    return found if ends or following >= size else [*found, following]


def pool_sides(layer: Pool, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The sides of a pooling's output map, found by listing its windows."""
    walk = ceil_starts if layer.ceil_mode else starts
    sides = zip(sizes, layer.kernel, layer.stride, layer.padding, layer.dilation, strict=True)
    return tuple(len(walk(*side)) for side in sides)


def dealt(channels: int, groups: int) -> list[int]:
    """A group for each channel, dealt out one after another, as cards are."""
    deck = cycle(range(groups))
    return [next(deck) for _ in range(channels)]


def conv_macs(layer: Conv, shape: tuple[int, ...]) -> int:
    """Multiply-adds of a convolution, walked one by one; padding is read like data."""
    images, channels, *sizes = shape
    sides = zip(sizes, layer.kernel, layer.stride, layer.padding, layer.dilation, strict=True)
    windows = list(product(*(starts(*side) for side in sides)))
    taps = list(product(*(range(kernel) for kernel in layer.kernel)))
    inputs = dealt(channels, layer.groups)
    filters = dealt(layer.out_channels, layer.groups)
    steps = 0
    for _image, group in product(range(images), filters):
        for _window, channel_group in product(windows, inputs):
            for _tap in taps:
                if channel_group == group:
                    steps += 1
    return steps


def linear_macs(layer: Linear, shape: tuple[int, ...]) -> int:
    """Multiply-adds of a fully connected layer, walked one by one."""
    steps = 0
    for _vector in product(*(range(side) for side in shape[:-1])):
        for _output in range(layer.out_features):
            for _input in range(layer.in_features):
                steps += 4 if layer.is_complex else 1  # both parts of each by both of the other
    return steps
