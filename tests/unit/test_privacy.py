"""`scrim.privacy`: everything that it names is there, and is loaded when first used."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scrim import privacy
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from pathlib import Path


def test_every_name_that_is_offered_is_there() -> None:
    assert [name for name in privacy.__all__ if getattr(privacy, name, None) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = privacy.nothing


def test_importing_it_loads_no_library() -> None:
    program = (
        "import sys; from scrim import privacy; print(*{'pyarrow', 'opendp', 'sqlalchemy'} "
        "& set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


def test_a_missing_library_is_named_with_the_extra_that_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [name for name in sys.modules if name.startswith("scrim.masking.groups.")]:
        monkeypatch.delitem(sys.modules, name)
    for library in ("opendp.prelude", "sqlalchemy"):
        monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'scrim-gateway\[privacy\]'"):
        _ = privacy.private_count
    config = write_config(tmp_path, {"privacy": {"budgets": "privacy.db"}})
    with (
        pytest.raises(ModuleNotFoundError, match="sqlalchemy is not installed"),
        privacy.open_budgets(config),
    ):
        pass
