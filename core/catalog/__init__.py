"""Items, visitors and what they did; rendered worlds and built bundles."""
