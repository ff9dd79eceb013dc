"""Outcomes in words: sentences and small tables of strings; nothing here prints."""

from sim.report.background import assumptions, news_of_us, real_vote, real_vote_table
from sim.report.brief import Brief
from sim.report.contrast import contrast_sentence, contrast_tables
from sim.report.explanation import explanation_table, short_explanation
from sim.report.forecast import Report
from sim.report.record import record_tables
from sim.report.studies import backtest_table, call_tables, fall_tables, turnover_tables
from sim.report.table import Table
from sim.report.words import percent, unlikely_votes, what_is_told

__all__ = [
    "Brief",
    "Report",
    "Table",
    "assumptions",
    "backtest_table",
    "call_tables",
    "contrast_sentence",
    "contrast_tables",
    "explanation_table",
    "fall_tables",
    "news_of_us",
    "percent",
    "real_vote",
    "real_vote_table",
    "record_tables",
    "short_explanation",
    "turnover_tables",
    "unlikely_votes",
    "what_is_told",
]
