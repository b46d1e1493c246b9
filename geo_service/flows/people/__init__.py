"""Posts and the people who hold them, their visits and patrols, and where nobody stands."""
