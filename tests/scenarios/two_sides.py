"""A database on either side, for tests that run the same on both."""

import contextlib
import json

from psycopg2.extras import register_default_jsonb

from databases import Database
from expr_values import Json


@contextlib.contextmanager
def two_connections(source_server, target_server, name):
    """To databases of their own, which go at the end; each statement commits."""
    source, target = Database(source_server, name), Database(target_server, name)
    source.create()
    target.create()
    mysql, pg = source.connect(), target.connect()
    mysql.autocommit(True)
    pg.autocommit = True
    register_default_jsonb(pg, loads=lambda text: Json(json.loads(text)))
    yield mysql, pg
    mysql.close()
    pg.close()
    source.drop()
    target.drop()
