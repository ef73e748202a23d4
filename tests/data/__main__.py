"""python3 -m data NAME mysql://user:password@host:port  -- make one source database by hand (run in tests/)."""
import sys
from urllib.parse import urlparse, unquote

import pymysql

from . import catalogue, make

if len(sys.argv) != 3 or sys.argv[1] not in catalogue():
    sys.exit(__doc__ + "\nnames: " + " ".join(sorted(catalogue())))
url = urlparse(sys.argv[2])
make(pymysql.connect(host=url.hostname, port=url.port or 3306, user=unquote(url.username or "root"),
                     password=unquote(url.password or ""), charset="utf8mb4"), sys.argv[1])
