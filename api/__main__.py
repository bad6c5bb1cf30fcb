"""`python -m api` is `hatangso`."""

from api.cli import main

main()
