#!/usr/bin/python3
"""Makes the C file that holds the console: embed_pages.py DIST OUTPUT.c

Each file of DIST is compressed; all of them are one block of bytes beside OUTPUT.c, which the assembler takes in (.incbin: no compiler
likes an array of a megabyte). src/server/pages.c has the table's form. Files under assets/ have their digest in their name.
"""

import gzip
import hashlib
import sys
from pathlib import Path

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
         ".json": "application/json", ".webmanifest": "application/manifest+json"}


def main(dist, output):
    dist, output = Path(dist), Path(output)
    rows, blob = [], bytearray()
    for path in sorted(p for p in dist.rglob("*") if p.is_file()):
        name = path.relative_to(dist).as_posix()
        if name.startswith("."):  # the build's own notes
            continue
        data = path.read_bytes()
        packed = gzip.compress(data, 9, mtime=0)
        rows.append('    {"/%s", "%s", "\\"%s\\"", %d, %d, %d, %s},' % (
            name, TYPES[path.suffix], hashlib.sha256(data).hexdigest()[:20], len(blob), len(packed), len(data),
            "true" if name.startswith("assets/") else "false"))
        blob += packed
    block = output.with_suffix(".bin")
    block.write_bytes(blob)
    output.write_text("""/* Made by scripts/embed_pages.py. */
#include "server/pages_table.h"

__asm__(".section .rodata\\n"
        ".balign 16\\n"
        ".global pages_bytes\\n"
        "pages_bytes: .incbin \\"%s\\"\\n"
        ".byte 0\\n"
        ".previous\\n");

const struct page_file pages_table[] = {
%s
};
const size_t pages_count = sizeof pages_table / sizeof pages_table[0];
""" % (block.resolve().as_posix(), "\n".join(rows)))


main(*sys.argv[1:])
