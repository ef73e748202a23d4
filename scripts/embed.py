#!/usr/bin/python3
"""Makes the C file that holds another file's bytes: embed.py NAME INPUT OUTPUT.c

The program then has `const char NAME[]`, a NUL behind the bytes, and `const size_t NAME_bytes`.
"""

import sys
from pathlib import Path

name, source, output = sys.argv[1:]
data = Path(source).read_bytes()
rows = [", ".join(str(b if b < 128 else b - 256) for b in data[i:i + 24]) for i in range(0, len(data), 24)]
Path(output).write_text("#include <stddef.h>\n\nextern const char %s[];\nextern const size_t %s_bytes;\n"
                        "const char %s[] = {\n%s%s0};\nconst size_t %s_bytes = %d;\n"
                        % (name, name, name, ",\n".join(rows), ",\n" if rows else "", name, len(data)))
