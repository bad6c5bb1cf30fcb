"""Text in YAML to a checked record, every fault with its line."""

from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from geo.errors import GeoError

Record = TypeVar("Record", bound=BaseModel)


def parsed(kind: type[Record], text: str, name: str, error: type[GeoError]) -> Record:
    """The record; `name` is the file named in errors, which are raised as `error`, one line for each fault."""
    try:
        node, content = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
        return kind.model_validate(content)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise error(f"{name}, line {line}: {fault.problem}") from fault
    except yaml.YAMLError as fault:
        raise error(f"{name}: not a text file in YAML: {fault}") from fault
    except ValidationError as fault:
        found = [
            f"{name}, line {line_of(node, e['loc'])}: {'.'.join(map(str, e['loc']))}: {e['msg']}"
            for e in fault.errors()
        ]
        raise error("\n".join(found)) from fault


def line_of(node: yaml.Node | None, place: tuple[int | str, ...]) -> int:
    """Line (from 1) of the YAML node that a validation error points at, or of the nearest one around it."""
    line = node.start_mark.line + 1 if node else 1
    for step in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                return line
            line, node = found[0][0].start_mark.line + 1, found[0][1]
            continue
        else:
            return line
        line = node.start_mark.line + 1
    return line
