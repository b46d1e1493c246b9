"""The pictures: frames in, maps out. Self-contained pages that open from disk with the network off."""

from map_ui.errors import AssetMissingError, FrameError, MapError, RemoteAddressError
from map_ui.policy import content_security_policy
from map_ui.views import Heading, MapView, render

__all__ = ["AssetMissingError", "FrameError", "Heading", "MapError", "MapView", "RemoteAddressError", "content_security_policy", "render"]
