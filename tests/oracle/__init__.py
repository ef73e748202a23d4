"""An independent comparison of a MySQL or MariaDB database with a PostgreSQL schema. See oracle.py."""
from .oracle import compare

__all__ = ["compare"]
