"""Names the fields of a story bible, in English and Chinese, by their keys in the stages' contents."""

from datetime import datetime
from typing import Literal

Language = Literal["en", "zh"]

_LABELS: dict[str, tuple[str, str]] = {
    # the document
    "bible": ("Story bible", "故事设定集"),
    "contents": ("Contents", "目录"),
    "untitled": ("Untitled", "无题"),
    "as_of": ("As of {date}, version {version}", "{date}，第 {version} 版"),
    "stale": (
        "Something that this was built on has changed since it was confirmed.",
        "此部分确认之后，它所依据的内容已有改动。",
    ),
    "genre": ("Genre", "类型"),
    "audience": ("Audience", "读者"),
    # before and after the text of a book
    "copyright": ("Copyright", "版权"),
    "dedication": ("Dedication", "献词"),
    "acknowledgements": ("Acknowledgements", "致谢"),
    "about_author": ("About the author", "关于作者"),
    "ai_use": ("How AI was used", "人工智能的使用说明"),
    "ai_drafted": (
        "Scenes of {words} words in {chapters} of the {of_chapters} chapters were drafted by a program (a language "
        "model, or templates without one) and taken over by the author, who may have changed them since. The book has "
        "{of_words} words.",
        "在全书 {of_chapters} 章中，有 {chapters} 章含有由程序（语言模型，或不用模型的模板）起草、再由作者采用的场景，"
        "采用时共 {words} 字，此后作者可能有所修改。全书共 {of_words} 字。",
    ),
    "ai_drafted_nothing": (
        "No scene of this book is recorded as drafted by a program.",
        "本书没有任何场景被记录为由程序起草。",
    ),
    "ai_typed": (
        "The record does not tell where text that was typed or pasted came from.",
        "键入或粘贴的文字从何而来，记录无从得知。",
    ),
    # concept
    "title": ("Title", "标题"),
    "hook": ("Hook", "钩子"),
    "premise_question": ("What if", "前提问题"),
    "central_conflict": ("Central conflict", "核心冲突"),
    "stakes": ("Stakes", "利害"),
    "protagonist_sketch": ("Protagonist", "主角素描"),
    "unique_angle": ("Unique angle", "独特之处"),
    "emotional_core": ("Emotional core", "情感核心"),
    "subgenres": ("Subgenres", "子类型"),
    "target_audience": ("Audience", "目标读者"),
    "themes": ("Themes", "主题"),
    "tone": ("Tone", "基调"),
    "comparable_titles": ("Comparable titles", "同类作品"),
    # story
    "working_title": ("Working title", "暂定书名"),
    "alternative_titles": ("Alternative titles", "备选书名"),
    "theme_statement": ("Theme", "主题陈述"),
    "thematic_question": ("Thematic question", "主题之问"),
    "external": ("External conflict", "外部冲突"),
    "internal": ("Internal conflict", "内部冲突"),
    "public": ("Public stakes", "公共利害"),
    "personal": ("Personal stakes", "个人利害"),
    "story_goal": ("Story goal", "故事目标"),
    "consequence_if_failed": ("If it fails", "失败的后果"),
    "pov": ("Point of view", "视角"),
    "tense": ("Tense", "时态"),
    "target_words": ("Target length", "目标字数"),
    "words": ("{count} words", "{count} 字"),
    "structure": ("Structure", "结构"),
    "content_limits": ("Content limits", "内容限制"),
    "one_paragraph": ("In one paragraph", "一段话梗概"),
    "setup": ("Set-up", "开端"),
    "disaster_1": ("First disaster", "第一次灾难"),
    "disaster_2": ("Second disaster", "第二次灾难"),
    "disaster_3": ("Third disaster", "第三次灾难"),
    "ending": ("Ending", "结局"),
    "style_guide": ("Style", "文风"),
    "rules": ("Rules", "规则"),
    "banned": ("Never", "禁用"),
    # people
    "role": ("Role", "角色"),
    "aliases": ("Also called", "别名"),
    "want": ("Want", "渴望"),
    "motivation": ("Motivation", "动机"),
    "need": ("Need", "需要"),
    "lie": ("The lie they believe", "信以为真的谎言"),
    "wound": ("Wound", "创伤"),
    "truth": ("Truth", "真相"),
    "flaw": ("Flaw", "缺陷"),
    "strength": ("Strength", "长处"),
    "fear": ("Fear", "恐惧"),
    "secret": ("Secret", "秘密"),
    "epiphany": ("Epiphany", "顿悟"),
    "appearance": ("Appearance", "外貌"),
    "background": ("Background", "背景"),
    "arc": ("Arc", "人物弧"),
    "type": ("Kind", "类别"),
    "start": ("At the start", "起点"),
    "midpoint": ("At the midpoint", "中点"),
    "climax": ("At the climax", "高潮"),
    "end": ("At the end", "终点"),
    "voice": ("Voice", "语言"),
    "diction": ("Diction", "用词"),
    "rhythm": ("Rhythm", "节奏"),
    "tics": ("Habits of speech", "口头习惯"),
    "relations": ("Relations", "关系"),
    "surface": ("On the surface", "表面"),
    "hidden_tension": ("Beneath it", "暗流"),
    "change": ("How it changes", "变化"),
    # world
    "setting": ("Setting", "背景设定"),
    "time": ("Time", "时间"),
    "place": ("Place", "地点"),
    "scale": ("Scale", "规模"),
    "mood": ("Mood", "氛围"),
    "kind": ("Kind", "类别"),
    "cost": ("Cost", "代价"),
    "limits": ("Limits", "限制"),
    "loopholes": ("Loopholes", "漏洞"),
    "locations": ("Places", "地点"),
    "parent": ("Part of", "所属"),
    "significance": ("Why it matters", "意义"),
    "factions": ("Factions", "势力"),
    "goal": ("Goal", "目标"),
    "resources": ("Resources", "资源"),
    "rivals": ("Rivals", "对手"),
    "internal_tension": ("Tension within", "内部矛盾"),
    "society": ("Society", "社会"),
    "cultures": ("Cultures", "文化"),
    "power_structure": ("Power", "权力结构"),
    "economy": ("Economy", "经济"),
    "taboos": ("Taboos", "禁忌"),
    "technology_level": ("Technology", "技术水平"),
    "motifs": ("Motifs", "意象"),
    "history": ("History", "历史"),
    "when": ("When", "何时"),
    "event": ("What happened", "事件"),
    "consequence_now": ("What it means now", "今日影响"),
    "glossary": ("Glossary", "词汇表"),
    # plot
    "acts": ("Acts", "幕"),
    "act": ("Act", "幕"),
    "span": ("From – to", "起止"),
    "purpose": ("Purpose", "作用"),
    "beats": ("Beats", "节拍"),
    "beat": ("Beat", "节拍"),
    "at": ("At", "位置"),
    "summary": ("What happens", "情节"),
    "character_change": ("Change in the character", "人物变化"),
    "subplots": ("Subplots", "支线"),
    "threads": ("Threads", "线索"),
    "planned_payoff": ("Pay-off", "回收"),
    "status": ("Status", "状态"),
    "chapters": ("Chapters", "章节"),
    "chapter": ("{n}. {title}", "第 {n} 章　{title}"),
    "conflict": ("Conflict", "冲突"),
    "turning_point": ("Turn", "转折"),
    "outcome": ("Outcome", "结果"),
    "value_shift": ("Value shift", "价值转变"),
    "pov_character": ("Point of view", "视角人物"),
    "people": ("Who is in it", "出场人物"),
    "sections": ("Sections", "小节"),
}

_VALUES: dict[str, tuple[str, str]] = {
    "protagonist": ("Protagonist", "主角"),
    "antagonist": ("Antagonist", "反派"),
    "mentor": ("Mentor", "导师"),
    "ally": ("Ally", "盟友"),
    "love_interest": ("Love interest", "恋人"),
    "foil": ("Foil", "对照人物"),
    "supporting": ("Supporting", "配角"),
    "positive": ("positive", "正向"),
    "negative": ("negative", "负向"),
    "flat": ("flat", "平稳"),
    "magic": ("Magic", "魔法"),
    "technology": ("Technology", "技术"),
    "physical": ("Physical", "物理"),
    "social": ("Social", "社会"),
    "planted": ("planted", "已埋下"),
    "advanced": ("advanced", "推进中"),
    "paid": ("paid off", "已回收"),
    "abandoned": ("abandoned", "已放弃"),
    "three_act": ("Three acts", "三幕式"),
    "save_the_cat": ("Save the Cat", "救猫咪"),
    "story_circle": ("Story circle", "故事环"),
    "snowflake": ("Snowflake", "雪花法"),
    "custom": ("Its own", "自定"),
}

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Labels:
    """The words of one language. `language`: None where they are in the document's own, else their BCP 47 tag."""

    def __init__(self, document_language: str) -> None:
        primary = document_language.lower().replace("_", "-").partition("-")[0]
        self.chinese = primary == "zh"
        self.language = None if primary in ("en", "zh") else "en"

    def __call__(self, key: str, **values: object) -> str:
        words = _LABELS[key][self.chinese]
        return words.format(**values) if values else words

    def value(self, key: str) -> str:
        """Of an enumeration; one that is not known is told as it is."""
        return _VALUES[key][self.chinese] if key in _VALUES else key

    def date(self, moment: datetime) -> str:
        if self.chinese:
            return f"{moment.year}年{moment.month}月{moment.day}日"
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"

    @property
    def comma(self) -> str:
        return "、" if self.chinese else ", "
