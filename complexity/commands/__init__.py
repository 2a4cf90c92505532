"""The commands, one file each; a file loads when its command is asked for."""

# In the order of the help. A file ``<name>.py`` holds a command of that name.
COMMANDS = (
    "report",
    "check",
    "bridge",
    "compare",
    "formula",
    "sweep",
    "search",
    "roofline",
    "time",
    "explain",
    "list",
)
