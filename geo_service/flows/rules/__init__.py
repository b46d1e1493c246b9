"""The rules as tables that people edit: looked at, exported, checked, imported, version by version."""
