"""The commands of `otklik`, a file for each group; bot.__main__ joins them."""
