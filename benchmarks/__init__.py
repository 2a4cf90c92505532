"""How fast and how right counters of multiply-adds are, side by side: ``python -m benchmarks``.

Every measurement is a fresh process (``child``) that builds one network (``workloads``) and asks
one tool (``tools``); ``running`` starts them in turn, round after round; ``results`` takes medians
of ratios within a round; ``document`` and ``chart`` write them. Not shipped with the package.
"""
