"""Reads deploy/Dockerfile and .dockerignore as far as these tests need it."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"


@dataclass
class Stage:
    """One stage: what it begins from, and its instructions as (name, text), variables replaced."""

    name: str
    base: str
    steps: list = field(default_factory=list)

    def all(self, instruction):
        return [text for name, text in self.steps if name == instruction]

    def last(self, instruction):
        return self.all(instruction)[-1]


def instructions(text):
    """(name, text) of each instruction; continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    for line in filter(str.strip, joined.splitlines()):
        name, _, rest = line.strip().partition(" ")
        yield name.upper(), rest.strip()


def substitute(text, variables):
    """`$NAME`, `${NAME}` and `${NAME:-default}` of known variables."""

    def value(found):
        name, default = found[1] or found[3], found[2]
        if name not in variables:
            return found[0]
        return variables[name] or default or ""

    return re.sub(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))", value, text)


def stages(arguments):
    """All stages by name, with these build arguments."""
    before = {}
    found = {}
    stage, variables = None, {}
    for name, text in instructions(DOCKERFILE.read_text()):
        if name == "ARG":
            key, _, default = text.partition("=")
            value = arguments.get(key, default or before.get(key, ""))
            (before if stage is None else variables)[key] = value
        elif name == "FROM":
            words = [word for word in substitute(text, before).split() if not word.startswith("--platform")]
            stage = Stage(words[2], words[0])
            found[stage.name] = stage
            variables = {}
        else:
            # What a shell reads keeps its own variables.
            stage.steps.append((name, text if name == "RUN" else substitute(text, variables)))
    return found


def chain(found, name):
    """The stages that make this one, from its image on; and the image."""
    line = [found[name]]
    while line[0].base in found:
        line.insert(0, found[line[0].base])
    return line[0].base, line


def listed(text):
    """The words of an instruction in its JSON form."""
    return json.loads(text)


def pairs(text):
    """`NAME=value …`, as in ENV and LABEL."""
    return dict(word.split("=", 1) for word in shlex.split(text))


def packages(run):
    """The Debian packages that a RUN installs; none: it does not."""
    found = re.search(r"apt-get install ([^&]*)", run)
    return [word for word in found[1].split() if not word.startswith("-")] if found else []


def sources(text):
    """Sources and destination of a COPY from the build context; no sources: it is from another stage."""
    words = text.split()
    flags = [word for word in words if word.startswith("--")]
    paths = [word for word in words if not word.startswith("--")]
    from_stage = any(flag.startswith("--from=") for flag in flags)
    return ([] if from_stage else paths[:-1]), paths[-1]


def ignored(path, rules):
    """Whether .dockerignore keeps a path, relative to the context, out of it."""
    out = False
    for rule in rules:
        keep = rule.startswith("!")
        pattern = re.escape(rule.lstrip("!").strip("/"))
        pattern = pattern.replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        if re.fullmatch(pattern + "(?:/.*)?", str(path)):
            out = not keep
    return out


def ignore_rules():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
