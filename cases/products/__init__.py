"""The Software supported: products, Releases and the limitations of support (ATSP 1.13, 4.3, 4.8)."""
