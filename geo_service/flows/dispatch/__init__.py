"""Following cases: lists, one case, and the people behind the posts."""
