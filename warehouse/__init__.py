"""The only package that opens a file or a database: everything below Home, in acts that survive a crash."""
