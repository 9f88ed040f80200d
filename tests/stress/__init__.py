"""`make stress`: campaigns that try to break the data, the build and the code. See __main__.py."""
