"""Outcomes in words: sentences and small tables of strings; nothing here prints."""

from sim.reporting.background import assumptions, explanation_table, real_vote, real_vote_table
from sim.reporting.contrasts import contrast_tables
from sim.reporting.forecast import Report
from sim.reporting.phrasing import percent, unlikely_votes
from sim.reporting.record import record_tables
from sim.reporting.studies import backtest_table, call_tables, fall_tables
from sim.reporting.table import Table

__all__ = [
    "Report",
    "Table",
    "assumptions",
    "backtest_table",
    "call_tables",
    "contrast_tables",
    "explanation_table",
    "fall_tables",
    "percent",
    "real_vote",
    "real_vote_table",
    "record_tables",
    "unlikely_votes",
]
