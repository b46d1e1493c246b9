"""What an evaluation says of itself, in both languages."""

from __future__ import annotations

from geo_service.flows.evaluation.asking import Asked
from geo_service.flows.evaluation.lists import UNASSIGNED, WHOLE
from geo_service.flows.evaluation.service import Evaluation, Line

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("网格治理评价报告", "Grid governance evaluation"),
    "whole": ("合计", "All cases"),
    "unassigned.area": ("未归入本层级区域", "In no area of this level"),
    "unassigned.agency": ("不由责任单位承办", "Not with an agency"),
    "unassigned.worker": ("无责任人", "Without a worker"),
    "by.agency": ("责任单位", "Agency"),
    "by.worker": ("责任人", "Worker"),
    "basis.recorded": (
        "按案件受理时记录的区域归属统计；当前边界为第 {n} 版",
        "Counted by the areas that cases recorded; the areas listed are those of generation {n}",
    ),
    "basis.relocated": (
        "按第 {n} 版边界重新归属：{point} 件按坐标，{record} 件（无坐标）按记录的区域，{none} 件未能归属",
        "Placed anew by the borders of generation {n}: {point} by their point, {record} without one by what they recorded, {none} nowhere",
    ),
    "basis.agency": ("按当前承办单位统计", "Counted for the agency that owns a case now"),
    "basis.worker": (
        "按当时实际负责的人员统计：承办岗位接收、签收或反馈时的在岗人（含代班）；未派遣的案件按所在地责任人；责任单位承办的不计入个人",
        "Counted for who was there for the owning post when it got the case or fed it back; before, for the place's own",
    ),
    "period": ("受理时段 {start} 至 {end}（不含）", "Received from {start} until before {end}"),
    "as_of": ("统计时点 {at}", "As of {at}"),
    "code": ("编码", "Code"),
    "name": ("名称", "Name"),
    "received": ("受理数", "Received"),
    "households": ("户数", "Households"),
    "population": ("人口", "Population"),
    "population_basis": ("人口来源", "Population known by"),
    "people.stated": ("统计数", "its own figure"),
    "people.summed": ("下级合计", "figures in it, summed"),
    "people.by_households": ("按户推算", "worked out by households"),
    "per_thousand_people": ("每千人件数", "Per 1,000 people"),
    "load.people": (
        "负荷按每千人件数计算，人口数据为第 {version} 版；没有本级统计数的区域按户数推算或由下级合计",
        "Load per 1,000 people, by version {version} of the population table; areas without a figure by households or as a sum",
    ),
    "load.households": ("没有人口数据，负荷按每千户件数计算", "No population is known: load is told per 1,000 households"),
    "few_people": ("人口少于 {n} 的区域不计算每千人件数", "No load per 1,000 people is told for areas with fewer than {n} people"),
    "workers": ("人员数", "Workers"),
    "per_thousand_households": ("每千户件数", "Per 1,000 households"),
    "cases_per_worker": ("人均件数", "Cases per worker"),
    "households_per_worker": ("人均户数", "Households per worker"),
    "score": ("得分", "Score"),
    "stars": ("星级", "Stars"),
    "rank": ("名次", "Rank"),
    "numerator": ("分子", "numerator"),
    "denominator": ("分母", "denominator"),
    "before": ("上月 {value}", "month before {value}"),
    "daily": ("逐日受理数", "Received day by day"),
    "load": ("负荷与评级", "Load and rating"),
    "flow": ("办理过程", "Work"),
    "result": ("办理结果", "Results"),
    "charts": ("对比图", "Charts"),
    "definitions": ("指标口径", "Definitions"),
    "share_of": ("占{below}的比例", "their share of {below}"),
    "few": (
        "“–”表示分母少于 {n}，比率不予公布，亦不参与排名；括号内为分子/分母",
        "“–” means a denominator below {n}: the rate is withheld and not ranked; in brackets numerator/denominator",
    ),
    "few_households": ("户数少于 {n} 的区域不计算每千户件数", "No load is told for areas with fewer than {n} households"),
    "stars_from": ("星级按加权得分：{steps}", "Stars by weighted score: {steps}"),
    "busiest": ("受理最多的 {n} 项", "the {n} lines with most cases"),
    "cut": ("此处仅列前 {n} 项，共 {all} 项；全部见 XLSX 或 CSV", "The first {n} of {all} lines; the XLSX and CSV forms have all"),
    "empty": ("该时段没有案件", "There are no cases in this period"),
    "no_lines": ("没有可列出的对象", "There is nothing to list"),
    "rates": ("指标", "Rates"),
    "sheet.lines": ("评价", "Evaluation"),
    "sheet.about": ("说明", "About"),
    "rate": ("指标", "Rate"),
    "value": ("数值", "Value"),
}


def say(key: str, language: str, **values: object) -> str:
    """A text of this page in 'zh-CN' or 'en', {names} filled in."""
    return TEXTS[key][0 if language.startswith("zh") else 1].format(**values)


def line_name(asked: Asked, line: Line, language: str) -> str:
    """A line's name; the two lines that are nobody's have names of ours."""
    if line.key == WHOLE:
        return say("whole", language)
    return say(f"unassigned.{asked.by}", language) if line.key == UNASSIGNED else line.name


def group_name(asked: Asked, language: str) -> str:
    """What is listed: the level's display name, agencies or workers."""
    if asked.by != "area":
        return say(f"by.{asked.by}", language)
    level = next(one for one in asked.published.city.levels if one.name == asked.level)
    return level.zh if language.startswith("zh") else level.en[:1].upper() + level.en[1:]


def load_basis(found: Evaluation, language: str) -> str | None:
    """By what load is told, None where lines are no areas."""
    return say(f"load.{found.per}", language, version=found.population) if found.asked.by == "area" else None


def basis(found: Evaluation, language: str) -> str:
    """By which borders cases were counted, or for whom."""
    asked, how = found.asked, found.how
    if asked.by != "area":
        return say(f"basis.{asked.by}", language)
    if how is None:
        return say("basis.recorded", language, n=asked.published.number)
    counts = {"point": how.by_point, "record": how.by_record, "none": how.unplaced}
    return say("basis.relocated", language, n=asked.published.number, **counts)
