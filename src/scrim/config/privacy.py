"""Where privacy budgets are kept."""

from pydantic import Field

from scrim.config.base import FilePath, Settings


class Privacy(Settings):
    """Privacy budgets of principals and datasets."""

    budgets: FilePath = Field(
        description="SQLite database of the budgets and of all that was taken from them; created "
        "when absent. Losing it loses what was spent, so keep it on a disk that is backed up."
    )
