"""Pictures that come from outside: checked, drawn anew without anything hidden in them, kept by digest."""

from geo_service.media.pictures import Picture, draw_anew
from geo_service.media.store import MediaStore, address_of

__all__ = ["MediaStore", "Picture", "address_of", "draw_anew"]
