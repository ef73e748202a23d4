"""tests/unit/threaded, the unit tests that the thread sanitizer is run on, names all that have threads."""

from program import ROOT

UNIT = ROOT / "tests" / "unit"
NAMES = (UNIT / "threaded").read_text().split()


def sources(name):
    """The test, and what it includes of its room."""
    room, test = name.split("-", 1)
    text = (UNIT / room / f"test_{test.replace('-', '_')}.c").read_text()
    return text, [h for h in (UNIT / room).glob("*.h") if f'#include "{h.name}"' in text]


def test_each_is_there():
    assert NAMES == sorted(set(NAMES))
    for name in NAMES:
        sources(name)


def test_none_is_missing():
    """A test that starts a thread itself, or has a helper that does."""
    for file in UNIT.glob("*/test_*.c"):
        name = f"{file.parent.name}-{file.stem.removeprefix('test_')}"
        text, helpers = sources(name)
        threads = "pthread_create" in text or any("pthread_t " in h.read_text() for h in helpers)
        assert not threads or name in NAMES or name.replace("_", "-") in NAMES, name
