"""The text formats that packs are written in, one a file: strings to plain values, no file is opened."""
