"""Functions that return nothing but what their arguments hold, by sqlglot's names and as written.

Every other function is unknown: it may read tables, files, models, other servers or what the
session has kept, so its result carries all that the statement touches, and anything else.
"""

from typing import Final

from sqlglot import exp

REVIEWED: Final = frozenset(
    """
    Abs Acos Acosh AddMonths And AnyValue ApproxDistinct ApproxQuantile ApproxQuantiles
    ApproxTopK ApproxTopSum ArgMax ArgMin Array ArrayAgg ArrayAll ArrayAny ArrayAppend
    ArrayCompact ArrayConcat ArrayConcatAgg ArrayConstructCompact ArrayContainedBy ArrayContains
    ArrayContainsAll ArrayDistinct ArrayExcept ArrayFilter ArrayFirst ArrayInsert ArrayIntersect
    ArrayLast ArrayMax ArrayMin ArrayOverlaps ArrayPosition ArrayPrepend ArrayRemove
    ArrayRemoveAt ArrayReverse ArraySize ArraySlice ArraySort ArraySum ArrayToString
    ArrayUnionAgg ArrayUniqueAgg ArraysZip Ascii Asin Asinh Atan Atan2 Atanh Avg
    Base64DecodeBinary Base64DecodeString Base64Encode BitLength BitwiseAndAgg BitwiseCount
    BitwiseOrAgg BitwiseXorAgg Booland Boolnot Boolor BoolxorAgg ByteLength Case Cast
    CastToStrType Cbrt Ceil CheckJson CheckXml Chr CityHash64 Coalesce CodePointsToBytes
    CodePointsToString Collate Compress Concat ConcatWs ConnectByRoot Contains Convert
    ConvertTimezone ConvertToCharset Corr Cos Cosh CosineDistance Cot Coth Count CountIf
    CovarPop CovarSamp Csc Csch CumeDist CurrentDate CurrentDatetime CurrentTime
    CurrentTimestamp CurrentTimestampLTZ CurrentTimezone CurrentDatabase CurrentCatalog
    CurrentSchema CurrentUser CurrentRole CurrentVersion CurrentWarehouse Date DateAdd DateBin
    DateDiff DateFromParts DateFromUnixDate DateStrToDate DateSub DateToDateStr DateToDi
    DateTrunc Datetime DatetimeAdd DatetimeDiff DatetimeSub DatetimeTrunc Day DayOfMonth
    DayOfWeek DayOfWeekIso DayOfYear Dayname Decode DecodeCase DecompressBinary DecompressString
    Degrees DenseRank DiToDate DotProduct Elt Encode EndsWith EqualNull EuclideanDistance Exists
    Exp Explode ExplodingGenerateSeries Extract Factorial FarmFingerprint First FirstValue
    Flatten Float64 Floor Format FromBase FromBase32 FromBase64 FromISO8601Date
    FromISO8601Timestamp FromISO8601TimestampNanos FromJson GenerateDateArray GenerateSeries
    GenerateTimestampArray Generator GetExtract GetIgnoreCase Getbit Greatest GroupConcat
    Grouping GroupingId HashAgg Hex HexDecodeString Hll Host Hour If Initcap Inline Int64
    IsArray IsAscii IsInf IsNan IsNullValue JSONArray JSONArrayAgg JSONArrayAppend
    JSONArrayContains JSONArrayInsert JSONBContains JSONBDeleteAtPath JSONBExists JSONBExtract
    JSONBExtractScalar JSONBObjectAgg JSONBPathExists JSONBool JSONCast JSONExists JSONExtract
    JSONExtractArray JSONExtractScalar JSONFormat JSONKeys JSONKeysAtDepth JSONObject
    JSONObjectAgg JSONRemove JSONSet JSONStripNulls JSONTable JSONType JSONValueArray
    JarowinklerSimilarity JustifyDays JustifyHours JustifyInterval Kurtosis Lag Last LastDay
    LastValue LaxBool LaxFloat64 LaxInt64 LaxString Lead Least Left Length Levenshtein List Ln
    Localtime Localtimestamp Log LogicalAnd LogicalOr Lower LowerHex MD5 MD5Digest
    MD5NumberLower64 MD5NumberUpper64 MakeInterval ManhattanDistance Map MapCat MapContainsKey
    MapDelete MapFromEntries MapInsert MapKeys MapPick MapSize MatchAgainst Max Median Min
    Minhash Minute Mode Month Monthname MonthsBetween Nanvl Negative NextDay Normalize NthValue
    Ntile Nullif NumberToStr Nvl2 ObjectAgg ObjectInsert OpenJSON Or Overlay Pad ParseBignumeric
    ParseDatetime ParseIp ParseJSON ParseNumeric ParseTime ParseUrl PercentRank PercentileCont
    PercentileDisc Pi Posexplode PosexplodeOuter Pow PreviousDay Quantile Quarter Radians Rand
    Randn Randstr RangeBucket RangeN Rank Reduce RegDomain RegexpCount RegexpExtract
    RegexpExtractAll RegexpFullMatch RegexpILike RegexpInstr RegexpLike RegexpReplace
    RegexpSplit RegexpSubstr RegrAvgx RegrAvgy RegrCount RegrIntercept RegrR2 RegrSlope RegrSxx
    RegrSxy RegrSyy RegrValx RegrValy Repeat Replace Reverse Right Rint Round RowNumber
    RtrimmedLength SHA SHA1Digest SHA2 SHA2Digest SafeAdd SafeConvertBytesToString SafeDivide
    SafeMultiply SafeNegate SafeSubtract Sec Sech Second Shuffle Sign Sin Sinh Skewness Soundex
    Space Split SplitPart SplitToTable Sqrt Stack StandardHash StarMap StartsWith Stddev
    StddevPop StddevSamp StrPosition StrToDate StrToMap StrToTime StrToUnix String StringToArray
    StripNullValue Strtok StrtokSplitToTable StrtokToArray Struct StructExtract Stuff Substring
    SubstringIndex Sum Systimestamp Tan Tanh Time TimeAdd TimeDiff TimeFromParts TimeSlice
    TimeStrToDate TimeStrToTime TimeStrToUnix TimeSub TimeToStr TimeToTimeStr TimeToUnix
    TimeTrunc Timestamp TimestampAdd TimestampDiff TimestampFromParts TimestampLtzFromParts
    TimestampSub TimestampTrunc TimestampTzFromParts ToArray ToBase32 ToBase64 ToBinary
    ToBoolean ToChar ToCodePoints ToDays ToDecfloat ToDouble ToMap ToNumber ToVariant Transform
    Translate Trim Trunc Try TryBase64DecodeBinary TryBase64DecodeString TryCast
    TryHexDecodeBinary TryHexDecodeString TryToDecfloat TsOrDiToDi TsOrDsAdd TsOrDsDiff
    TsOrDsToDate TsOrDsToDateStr TsOrDsToDatetime TsOrDsToTime TsOrDsToTimestamp Typeof Unhex
    Unicode Uniform UnixDate UnixMicros UnixMillis UnixSeconds UnixToStr UnixToTime
    UnixToTimeStr Unnest Upper UtcDate UtcTime UtcTimestamp Uuid VarMap AnonymousAggFunc
    CombinedAggFunc CombinedParameterizedAgg Variance VariancePop Week WeekOfYear WeekStart
    WeightString WidthBucket XMLElement XMLGet XMLTable Xor Year YearOfWeek YearOfWeekIso
    """.split()  # noqa: SIM905 - a list that people read and extend
)
"""Classes of sqlglot's functions. Left out is what asks a model, reads files, secrets, sequences,
other columns by pattern, or the statements of the session."""

_ANONYMOUS: Final[dict[str, str]] = {
    "mysql": """
        inet_aton inet_ntoa inet6_aton inet6_ntoa bit_count conv crc32 field find_in_set format
        insert instr isnull json_contains json_contains_path json_depth json_length json_pretty
        json_quote json_search json_unquote json_valid json_value locate lpad rpad ltrim rtrim
        make_set maketime mid oct ord period_add period_diff position quote rand row sec_to_time
        strcmp subtime addtime time_to_sec timediff to_seconds truncate values
        """,
    "snowflake": """
        array_construct array_size object_construct object_construct_keep_null object_keys
        object_delete object_pick as_varchar as_number as_array as_object try_parse_json
        parse_xml xmlget hash nvl zeroifnull nullifzero div0 div0null charindex insert
        ratio_to_report strip_null_value equal_null editdistance conditional_change_event
        conditional_true_event flatten collation is_null_value is_object is_varchar is_integer
        try_to_number try_to_date try_to_timestamp to_object booland_agg boolor_agg
        """,
    "bigquery": """
        ieee_divide safe_offset safe_ordinal json_query json_query_array json_value
        json_value_array format_date format_timestamp format_datetime format_time bit_count
        instr lpad rpad ltrim rtrim to_json net.host net.reg_domain sha256 sha512
        """,
    "tsql": """
        iif choose len datalength patindex quotename replicate str string_escape unicode
        isnumeric isnull isjson json_modify json_query json_value parsename square checksum
        binary_checksum hashbytes eomonth datename datepart datefromparts rowcount_big
        """,
    "redshift": """
        len strtol funcsha1 bpcharcmp btrim charindex crc32 nvl json_extract_array_element_text
        json_array_length is_valid_json json_parse json_serialize ratio_to_report quote_ident
        quote_literal replace getdate
        """,
    "databricks": """
        len nvl ifnull named_struct map_from_arrays map_entries map_values sequence array_repeat
        array_join element_at from_csv to_csv schema_of_json to_json str_to_map zip_with aggregate
        forall exists ltrim rtrim btrim bround hash xxhash64 crc32 conv bin size cardinality
        """,
    "clickhouse": """
        tostring toint8 toint16 toint32 toint64 touint8 touint16 touint32 touint64 tofloat32
        tofloat64 todate todatetime tofixedstring lowerutf8 upperutf8 substringutf8 lengthutf8
        reverseutf8 positioncaseinsensitive multiif tuple tupleelement arraymap arrayfilter
        arrayjoin arrayelement arrayenumerate arrayzip arrayuniq arraysort arrayconcat empty
        notempty splitbychar splitbystring extract extractall replaceregexpall replaceregexpone
        replaceall match multisearchany tostartofday tostartofmonth tostartofyear tostartofhour
        toyyyymm toyyyymmdd toyear tomonth domain protocol path cityhash64 siphash64 halfmd5
        uniqexact uniq grouparray groupuniqarray anylast visitparamextractstring jsonextractstring
        jsonextractint jsonextractraw numbers numbers_mt
        """,
    "trino": """
        concat_ws format_number json_array_contains json_array_get json_array_length json_extract
        json_size json_parse json_format element_at map_agg map_entries map_from_entries map_values
        multimap_agg zip zip_with filter reduce flatten sequence repeat contains_sequence
        to_utf8 from_utf8 to_hex from_hex url_decode url_encode url_extract_host
        url_extract_path url_extract_parameter word_stem codepoint hamming_distance luhn_check
        date_parse date_format format_datetime from_unixtime to_unixtime
        checksum max_by min_by any_match all_match none_match
        """,
}
_ANONYMOUS["spark"] = _ANONYMOUS["databricks"]

ANONYMOUS: Final = {name: frozenset(names.split()) for name, names in _ANONYMOUS.items()}
"""Functions that sqlglot has no class for, by dialect, in small letters."""

_OTHER_FUNCTIONS: Final = frozenset({"Anonymous", "ParameterizedAgg"})


def is_reviewed(node: exp.Expr, dialect: str) -> bool:
    """Say whether a call can return nothing but what its arguments hold.

    Args:
        node: The call.
        dialect: Name of the dialect.
    """
    kind = type(node).__name__
    if kind not in _OTHER_FUNCTIONS:
        return kind in REVIEWED
    return function_name(node).lower() in ANONYMOUS.get(dialect, ())


def function_name(node: exp.Expr) -> str:
    """Return the name of a function, as written where sqlglot keeps that."""
    if type(node).__name__ in _OTHER_FUNCTIONS:
        return str(node.this)
    return type(node).__name__
