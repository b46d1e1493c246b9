"""A door: the operator's console, its pages as built files and the columns its list and map are drawn from."""
