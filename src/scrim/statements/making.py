"""Functions that make their results of their arguments alone, and of no other values.

What a query makes of hidden values is masked alike wherever they are equal. A function that
counts, measures or numbers something brings values of another kind, which a principal may choose.
"""

from collections.abc import Iterable
from typing import Final

from scrim.statements.queries import Flow, Name

DERIVING: Final = frozenset(
    """
    abs any_value array_agg array_append array_cat array_prepend array_remove array_reverse
    array_sort array_to_json array_to_string avg btrim ceil ceiling coalesce concat concat_ws
    convert_from convert_to date_bin date_part date_trunc decode encode extract first_value floor
    format greatest host initcap json_agg json_agg_strict json_array_elements
    json_array_elements_text json_build_array json_build_object json_each json_each_text
    json_extract_path json_extract_path_text json_strip_nulls jsonb_agg jsonb_agg_strict
    jsonb_array_elements jsonb_array_elements_text jsonb_build_array jsonb_build_object jsonb_each
    jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_pretty jsonb_set
    jsonb_strip_nulls lag last_value lead least left lower lpad ltrim max md5 min mode network
    normalize nth_value nullif overlay percentile_cont percentile_disc quote_ident quote_literal
    regexp_replace regexp_substr replace reverse right round row_to_json rpad rtrim split_part
    string_agg string_to_array substr substring sum text to_char to_date to_json to_jsonb
    to_number to_timestamp translate trim trunc unaccent unnest upper variance
    stddev stddev_pop stddev_samp var_pop var_samp xmlagg
    """.split()  # noqa: SIM905, RUF100 - as in `pure_functions`
)
"""Their names; of the rest nobody says what else may be in their results."""


NUMBERING: Final = frozenset(
    """
    clock_timestamp cume_dist dense_rank gen_random_uuid generate_series generate_subscripts nextval
    ntile percent_rank random random_normal rank row_number timeofday uuidv4 uuidv7
    """.split()  # noqa: SIM905, RUF100 - as in `pure_functions`
)
"""Functions that give another value for each row, whatever their arguments are."""


def numbers_rows(flow: Flow) -> bool:
    """Say whether an expression has another value for each row that no column holds.

    Args:
        flow: What it is made of.
    """
    names = {function.name for function in flow.functions}
    return bool(names & NUMBERING) or (flow.windowed and "count" in names)


def makes_up(functions: Iterable[Name]) -> bool:
    """Say whether any of some functions may give values that are not made of its arguments.

    Args:
        functions: The functions as written.
    """
    return any(
        function.name not in DERIVING or function.schema not in {None, "pg_catalog"}
        for function in functions
    )
