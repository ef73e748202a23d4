"""docs/api.md is what scripts/api_page.py makes of docs/openapi.json."""

import json
import re
import subprocess
import sys

from program import ROOT

DOCS = ROOT / "docs"


def page(*args):
    return subprocess.run([sys.executable, ROOT / "scripts/api_page.py", *args], capture_output=True, text=True, check=True).stdout


def test_the_page_is_current():
    assert (DOCS / "api.md").read_text() == page(), "run scripts/api_page.py > docs/api.md"


def test_nothing_is_left_out():
    doc, text = json.loads((DOCS / "openapi.json").read_text()), page()
    for path, at in doc["paths"].items():
        for method, operation in at.items():
            kind = "WebSocket" if operation.get("x-websocket") else method.upper()
            assert text.count(f"\n### {kind} {path}\n") == 1
    for name in doc["components"]["schemas"]:
        assert f"\n### {name}\n" in text
    headings = {h.lower() for h in re.findall(r"^#+ (.*)$", text, re.M)}
    assert all(link in headings for link in re.findall(r"\]\(#([^)]*)\)", text))


def test_a_change_shows(tmp_path):
    doc = json.loads((DOCS / "openapi.json").read_text())
    doc["components"]["schemas"]["Alert"]["properties"]["times"]["description"] = "how often | truly"
    changed = tmp_path / "openapi.json"
    changed.write_text(json.dumps(doc))
    assert "how often \\| truly" in page(changed)
