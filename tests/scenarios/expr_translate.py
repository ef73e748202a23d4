"""The translator as a process: one JSON line in, one out."""

import json
import subprocess


class Translator:
    def __init__(self, path, columns):
        self.path = path
        self.columns = [[n, t, "utf8mb4" if self._is_text(t) else None, c or ("utf8mb4_0900_ai_ci" if self._is_text(t) else None)]
                        for n, t, c in columns]

    @staticmethod
    def _is_text(type_):
        return type_.startswith(("char", "varchar", "text", "enum", "set"))

    def __enter__(self):
        self.process = subprocess.Popen([str(self.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer
        return answer

    def translate(self, dialect, expression, *, immutable=False, boolean=False, mariadb=False, assign=None):
        """assign: the type of a column that receives the value."""
        question = {"dialect": dialect, "expr": expression, "columns": self.columns, "immutable": immutable, "boolean": boolean,
                    "mariadb": mariadb}
        if assign:
            question["columns"] = self.columns + [["assigned to", assign, "utf8mb4" if self._is_text(assign) else None, None]]
            question["assign"] = "assigned to"
        return self.ask(question)

    def types(self, dialect):
        return self.ask({"dialect": dialect, "expr": "1", "columns": self.columns})["types"]
