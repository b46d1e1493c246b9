"""Places on the map: found, kept, brought in from files, photographed; how far households have to go to them."""
