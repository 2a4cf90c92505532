"""The commands, one file each; a file loads when its command is asked for."""

# In the order of the help. A file ``<name>.py`` holds a command of that name.
COMMANDS = (
    "report",
    "check",
    "compare",
    "diff",
    "bridge",
    "guidelines",
    "formula",
    "sweep",
    "search",
    "plot",
    "roofline",
    "time",
    "explain",
    "list",
)
