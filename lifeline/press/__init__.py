"""The press: how the book is made. Nothing here knows anything about North Korea."""
