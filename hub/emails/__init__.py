"""Letters of the library, one module a noun."""
