"""Live: what changed, pushed to everybody who looks, within what each may see."""
