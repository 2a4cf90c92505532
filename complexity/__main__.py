"""``python -m complexity``."""

from complexity.cli import main

if __name__ == "__main__":
    main()
