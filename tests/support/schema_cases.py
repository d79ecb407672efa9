"""Has schemathesis send what the OpenAPI document allows, and what it does not, and judge the answers."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from council_server import Server, models_dir

EMBEDDER = "all-minilm-l6-v2"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "every_answer_has_an_id",
    "who_is_refused_for_now_is_told_when_to_come_again",
    "every_failure_has_the_shape_of_a_failure",
    "the_events_of_a_stream_and_the_lines_of_a_file_are_json",
)
# Half a minute for one case, and streams that never end, each waited for to the limit; they have tests of their own.
SLOW = ("/v1/sandbox/selftest", "/v1/models/events", "/v1/models/pulls/events")


class SchemaServer(Server):
    """A server with the scripted model and an embedder, and nothing that another test needs: cases remove models."""

    def __init__(self, *arguments):
        self._models = tempfile.TemporaryDirectory(prefix="council-schema-models-")
        installed = models_dir() / EMBEDDER
        if not (installed / "tokenizer.json").exists():
            raise RuntimeError(f"`{EMBEDDER}` is not in {models_dir()}; `council pull {EMBEDDER}` fetches it")
        shutil.copytree(installed, Path(self._models.name) / EMBEDDER, copy_function=link_or_copy)
        offline = ("--set", "pull.offline=true", "--set", "models.autopull_larger=false")
        super().__init__(None, "--scripted", *offline, *arguments, models=self._models.name)

    def __exit__(self, *exit):
        super().__exit__(*exit)
        self._models.cleanup()


def link_or_copy(source, target):
    """A second name for the same file, where the file system has such names."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def send_cases(url, seed, each, phases="examples,coverage,fuzzing", slow=False):
    """Sends at most `each` random cases to every operation, and in the phase `coverage` those that a list of usual
    mistakes suggests; returns what came of it.

    The result has `cases`, `operations`, `failures` and `errors`, and `words`, all that schemathesis said.
    """
    with tempfile.TemporaryDirectory(prefix="council-schema-") as directory:
        report = Path(directory) / "report.json"
        command = [Path(sys.executable).parent / "schemathesis", "run", f"{url}/openapi.json"]
        command += ["--checks", ",".join(CHECKS), "--phases", phases]
        command += ["--seed", str(seed), "--max-examples", str(each), "--continue-on-failure", "--no-shrink"]
        # Two workers trip over a defect of Python 3.11's parser within hypothesis.
        command += ["--workers", "1", "--request-timeout", "60", "--warnings", "off"]
        # A path with a pattern of its own leaves few of the values that come to mind.
        command += ["--suppress-health-check", "filter_too_much"]
        command += ["--report", "json", "--report-json-path", report]
        for path in () if slow else SLOW:
            command += ["--exclude-path", path]
        hooks = {"SCHEMATHESIS_HOOKS": "schema_hooks", "PYTHONPATH": str(Path(__file__).resolve().parent)}
        # It writes where it runs.
        ran = subprocess.run(
            command, env=os.environ | hooks, cwd=directory, capture_output=True, text=True, check=False
        )
        words = ran.stdout + ran.stderr
        if not report.exists():
            raise RuntimeError(f"schemathesis ended with {ran.returncode} and made no report:\n{words}")
        found = json.loads(report.read_text())
    return {
        "cases": found["test_cases"]["generated"],
        "operations": found["operations"]["tested"],
        "failures": found["failures"],
        "errors": found["errors"],
        "schemathesis": found["schemathesis_version"],
        "words": words,
    }
