"""python -m geo_service.cli: the command without its entry point."""

from geo_service.cli.main import main

main()
