"""A hypothesis that is quick to test."""

SMALL = """
id = "C1"
claim = { en = "More domains, less effect", zh = "领域越多，效果越差" }
source = "a test"
kind = "difference"
scenario = "classroom"
metric = "effectiveness"
expected = "decrease"
smallest_effect = 0.05
refuted_if = { en = "no less", zh = "并不更差" }
[treatment]
plan.kind = "uniform"
[setting]
structure.citizens = 200
weeks = 40
[mechanism]
label = "capacity without limit"
set = { "execution.capacity" = 1000.0 }
"""
