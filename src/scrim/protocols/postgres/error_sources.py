"""Which source files of the PostgreSQL server write messages whose layout is known.

An error names the file that raised it (field `F`), and no statement can forge that. The files of
the server itself and of PL/pgSQL put values between double quotes, behind a colon or into forms
that `scrub` knows. Any other file belongs to an extension or another language, may put anything
anywhere, and has its messages withheld.
"""

from typing import Final

_TYPES = """
    acl.c array_expanded.c array_userfuncs.c arrayfuncs.c arraysubs.c arrayutils.c bool.c cash.c
    char.c date.c datetime.c datum.c dbsize.c domains.c encode.c enum.c expandedrecord.c float.c
    format_type.c formatting.c geo_ops.c inet_net_pton.c int.c int8.c json.c jsonapi.c jsonb.c
    jsonb_gin.c jsonb_op.c jsonb_util.c jsonbsubs.c jsonfuncs.c jsonpath.c jsonpath_exec.c
    jsonpath_gram.c jsonpath_gram.y jsonpath_scan.c jsonpath_scan.l levenshtein.c like.c
    like_match.c like_support.c lockfuncs.c mac.c mac8.c mbutils.c mcxtfuncs.c multirangetypes.c
    name.c network.c numeric.c numutils.c oid.c oracle_compat.c orderedsetaggs.c partitionfuncs.c
    pg_locale.c pg_locale_builtin.c pg_locale_icu.c pg_locale_libc.c pg_lsn.c pgstatfuncs.c
    pseudorandomfuncs.c pseudotypes.c quote.c rangetypes.c regexp.c regproc.c ri_triggers.c
    rowtypes.c ruleutils.c tid.c timestamp.c to_tsany.c trigfuncs.c ts_parse.c ts_utils.c tsquery.c
    tsquery_op.c tsquery_rewrite.c tsquery_util.c tsrank.c tsvector.c tsvector_op.c
    tsvector_parser.c uuid.c varbit.c varchar.c varlena.c windowfuncs.c wparser.c wparser_def.c
    xid.c xid8funcs.c xml.c
"""
_STATEMENTS = """
    analyze.c execAmi.c execCurrent.c execExpr.c execExprInterp.c execIndexing.c execJunk.c
    execMain.c execPartition.c execProcnode.c execReplication.c execSRF.c execScan.c execTuples.c
    execUtils.c functions.c gram.c gram.y nodeAgg.c nodeFuncs.c nodeFunctionscan.c nodeHash.c
    nodeHashjoin.c nodeLimit.c nodeMergejoin.c nodeModifyTable.c nodeSamplescan.c nodeSubplan.c
    nodeTableFuncscan.c nodeWindowAgg.c parse_agg.c parse_clause.c parse_coerce.c parse_collate.c
    parse_cte.c parse_expr.c parse_func.c parse_jsontable.c parse_merge.c parse_node.c parse_oper.c
    parse_param.c parse_relation.c parse_target.c parse_type.c parse_utilcmd.c parser.c
    rewriteDefine.c rewriteHandler.c rewriteManip.c rewriteSearchCycle.c rowsecurity.c scan.c
    scan.l scansup.c spi.c allpaths.c analyzejoins.c clauses.c createplan.c initsplan.c planagg.c
    plancat.c planmain.c planner.c prepjointree.c prepunion.c subselect.c appendinfo.c relnode.c
    pl_comp.c pl_exec.c pl_funcs.c pl_gram.c pl_gram.y pl_handler.c pl_scanner.c
"""
_COMMANDS = """
    aclchk.c aggregatecmds.c alter.c async.c catalog.c cluster.c collationcmds.c comment.c
    constraint.c conversioncmds.c copy.c copyfrom.c copyfromparse.c copyto.c createas.c dbcommands.c
    define.c dependency.c discard.c dropcmds.c event_trigger.c explain.c explain_state.c extension.c
    foreigncmds.c functioncmds.c heap.c index.c indexcmds.c lockcmds.c matview.c namespace.c
    objectaddress.c opclasscmds.c operatorcmds.c partbounds.c partition.c pg_aggregate.c
    pg_attrdef.c pg_constraint.c pg_conversion.c pg_depend.c pg_enum.c pg_inherits.c
    pg_largeobject.c pg_namespace.c pg_operator.c pg_proc.c pg_publication.c pg_shdepend.c
    pg_type.c policy.c portalcmds.c prepare.c proclang.c publicationcmds.c schemacmds.c seclabel.c
    sequence.c statscmds.c subscriptioncmds.c tablecmds.c tablespace.c trigger.c tsearchcmds.c
    typecmds.c user.c utility.c vacuum.c vacuumlazy.c variable.c view.c
"""
_SERVER = """
    auth.c be-fsstubs.c brin.c deadlock.c detoast.c dfmgr.c elog.c fastpath.c fd.c fmgr.c funcapi.c
    ginget.c gininsert.c gist.c guc.c guc_funcs.c hashinsert.c hashutil.c heapam.c
    heapam_handler.c hio.c indexam.c inv_api.c lock.c lsyscache.c lwlock.c md.c miscinit.c
    nbtinsert.c nbtsort.c nbtutils.c pgstat.c plancache.c portalmem.c postgres.c postinit.c pquery.c
    predicate.c proc.c procarray.c procsignal.c relation.c relcache.c reloptions.c signalfuncs.c
    snapmgr.c spgdoinsert.c stack_depth.c stringinfo.c syscache.c table.c tableam.c
    toast_compression.c toast_internals.c tuplesort.c tuplesortvariants.c tuplestore.c twophase.c
    typcache.c xact.c
"""

KNOWN_SOURCES: Final = frozenset(f"{_TYPES} {_STATEMENTS} {_COMMANDS} {_SERVER}".split())
"""Files whose messages can be reduced to their templates."""

FREE_TEXT_ROUTINES: Final = frozenset({"exec_stmt_raise", "exec_stmt_assert"})
"""Routines in those files whose messages a function's author wrote."""

FREE_DETAIL_SOURCES: Final = frozenset({"xml.c"})
"""Files whose details come from another library, with pieces of the document in them."""
