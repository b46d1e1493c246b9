"""The service: it tells the stories of a city's grid governance over HTTP and on the command line.

*Flows* are the stories a user would name; *capabilities* are what stories are made of and never know one another; *doors* are
protocols and documents that others read. See ARCHITECTURE.md for who may import whom.
"""

__version__ = "0.1.0"
