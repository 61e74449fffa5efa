"""What tests of any part may ask for."""

from tests.engines import where
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url", "where"]
