"""What needs no permission, and why: all of it, in one place. Every other call names the permission it needs (`permits`)."""

from __future__ import annotations

from collections.abc import Mapping

_ABOUT_ITSELF = "health and the description of the API tell nothing of the city"
_FRONT = "links, and one point of the city as an example"
_STATIC = "files of the program, without any data; what they show comes from calls that ask"
_BEFORE_SIGN_IN = "whoever signs in is nobody yet"
_ONESELF = "whoever is signed in, about themselves alone; also while a password has to be changed first"
_WHERE = "which area holds a place is public: mini-programs and notices of the city ask it without a key"
_RESIDENTS = "residents report without an account; a key that is sent must be good"
_BORDERS = "borders that are or were in force are public; those of a prepared draft ask for planning.read themselves"

PUBLIC: Mapping[tuple[str, str], str] = {
    ("GET", "/openapi.json"): _ABOUT_ITSELF,
    ("GET", "/health/live"): _ABOUT_ITSELF,
    ("GET", "/health/ready"): _ABOUT_ITSELF,
    ("GET", "/"): _FRONT,
    ("GET", "/ui"): _STATIC,
    ("GET", "/ui/{path:path}"): _STATIC,
    ("POST", "/api/v1/session"): _BEFORE_SIGN_IN,
    ("GET", "/api/v1/session"): _BEFORE_SIGN_IN,
    ("DELETE", "/api/v1/session"): _ONESELF,
    ("GET", "/api/v1/me"): _ONESELF,
    ("POST", "/api/v1/me/password"): _ONESELF,
    ("POST", "/api/v1/me/second-factor"): _ONESELF,
    ("POST", "/api/v1/me/second-factor/confirm"): _ONESELF,
    ("GET", "/api/v1/locate"): _WHERE,
    ("POST", "/api/v1/locate/batch"): _WHERE,
    ("GET", "/api/v1/geocode"): _WHERE,
    ("GET", "/api/v1/generations"): _WHERE,
    ("POST", "/api/v1/reports"): _RESIDENTS,
    ("GET", "/tiles/boundaries/current.json"): _BORDERS,
    ("GET", "/tiles/boundaries/{generation}.json"): _BORDERS,
    ("GET", "/tiles/boundaries/{generation}/{z}/{x}/{y}.pbf"): _BORDERS,
}
"""(method, path) -> why anybody may call it."""
