"""The words of the workflow with their texts: roles, reasons, kinds. Codes are stable; texts are (zh, en)."""

from __future__ import annotations

ROLES: dict[str, tuple[str, str]] = {
    "operator": ("调度员", "operator"),
    "supervisor": ("监督员", "supervisor"),
    "agency": ("责任单位", "agency"),
    "grid_worker": ("专职网格员", "grid worker"),
    "micro_grid_leader": ("微网格长", "micro-grid leader"),
    "community_secretary": ("社区书记", "community secretary"),
    "village_committee": ("村委会", "village committee"),
    "street_office": ("街道（乡镇）办", "street or town office"),
    "linked_leader": ("包联领导", "linked leader"),
    "city_leader": ("市领导", "city leader"),
    "planner": ("网格规划员", "planner"),
    "administrator": ("管理员", "administrator"),
    "system": ("系统", "system"),
}

AFFAIRS: dict[str, tuple[str, str]] = {
    "personal": ("个事", "personal"),
    "community": ("社事", "community"),
    "specialised": ("专事", "specialised"),
    "hard": ("难事", "hard"),
}

NOT_ACCEPTED: dict[str, tuple[str, str]] = {
    "outside_city": ("不在本市范围", "outside the city"),
    "outside_duty": ("不属于受理范围", "not a matter for the centre"),
    "not_found": ("现场未发现", "not found on site"),
    "too_vague": ("内容不清，无法办理", "too vague to act on"),
    "in_court": ("已进入司法或信访程序", "before a court or under petition"),
    "abusive": ("无实质内容", "nothing but abuse"),
    "other": ("其他", "other"),
}

RETURNS: dict[str, tuple[str, str]] = {
    "wrong_place": ("属地不符", "not our area"),
    "wrong_duty": ("职能不符", "not our duty"),
    "unclear_ownership": ("权属不清", "ownership unclear"),
}

ENTRIES: dict[str, tuple[str, str]] = {
    "whistle_unanswered": ("吹哨不灵", "the whistle went unanswered or was answered too slowly"),
    "duty_unclear": ("权责不清", "nobody's duty, or passed around"),
    "returned_often": ("多次退单", "returned too often"),
    "red_light": ("超期红灯", "overdue"),
    "long_standing": ("长期积累", "long-standing or complex"),
}
"""Why a matter goes to consultation."""

RESULTS: dict[str, tuple[str, str]] = {
    "rating": ("星级评定", "star rating"),
    "review": ("评先评优与履职评议", "agency review"),
    "commendation": ("通报表扬", "commendation"),
    "rule": ("形成制度", "made a rule"),
    "display": ("公示", "public display"),
}

DELIBERATIONS: dict[str, tuple[str, str]] = {"meeting": ("协商会议", "meeting"), "decision": ("协商决定", "decision")}
