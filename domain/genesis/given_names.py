"""Tells Chinese given names from surnames: 晓雨 of 林晓雨, as texts call somebody who has been introduced.

There are no spaces to tell where a name begins, and many given names are words. So only names of two characters after a
known surname count, none that is a word or a form of address; and one whose first character often ends a word (子, 文)
counts only after what ends one for certain. What cannot be told is missed.
"""

import re

_NAME = re.compile("[\u3400-\u9fff\uf900-\ufaff]{3,4}")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_COMPOUND = frozenset(
    [
        "欧阳",
        "歐陽",
        "司马",
        "司馬",
        "上官",
        "诸葛",
        "諸葛",
        "东方",
        "東方",
        "皇甫",
        "尉迟",
        "尉遲",
        "公孙",
        "公孫",
        "慕容",
        "长孙",
        "長孫",
        "宇文",
        "司徒",
        "司空",
        "夏侯",
        "轩辕",
        "軒轅",
        "令狐",
        "端木",
        "独孤",
        "獨孤",
        "南宫",
        "南宮",
        "百里",
        "东郭",
        "東郭",
        "西门",
        "西門",
        "呼延",
        "闻人",
        "聞人",
        "澹台",
        "澹臺",
        "公冶",
        "太史",
        "申屠",
        "钟离",
        "鍾離",
        "拓跋",
    ]
)
_SURNAMES = frozenset(
    "赵趙钱錢孙孫李周吴吳郑鄭王冯馮陈陳褚卫衛蒋蔣沈韩韓杨楊朱秦尤许許何吕呂施张張孔曹严嚴华華金魏陶姜戚谢謝邹鄒喻柏水窦竇章"
    "云雲苏蘇潘葛奚范彭郎鲁魯韦韋昌马馬苗凤鳳花方俞任袁柳唐罗羅薛伍余米贝貝姚孟顾顧尹江钟鍾傅季曾白段雷侯龙龍史黎贺賀毛郝龚龔"
    "邵万萬覃武戴莫向汤湯常温溫康施文牛樊葛邢安齐齊易乔喬伍庞龐颜顏倪庄莊聂聶丁梁杜阮蓝藍闵閔席麻强強贾賈路娄婁危童郭梅盛林刁"
    "徐邱骆駱高夏蔡田胡凌霍虞柯管卢盧莫房缪繆干解应應宗宣邓鄧单單杭洪包左石崔吉钮程裴陆陸荣榮翁荀甄曲封储靳焦牧谷车車宁寧仇"
    "祖符刘劉景詹束叶葉幸司黄黃印卓蔺藺屠蒙池闻聞党翟谭譚冉桑桂边邊燕冀浦尚农柴瞿阎閻连連习習艾鱼容古廖终居衡耿满弘匡国寇广"
    "阙东殴沃利蔚越隆师巩厍关關岳游竺权盖益桓公肖涂祝纪紀舒屈项項董蓝欒栾于余佟代付辛简簡鲍鮑"
)
_WORDS = frozenset(
    # how people are addressed
    "先生 小姐 女士 太太 夫人 老师 老師 师傅 師傅 师父 師父 医生 醫生 大夫 教授 博士 队长 隊長 警官 经理 老板 老闆 主任 局长 校长 "
    "院长 船长 船長 大爷 大妈 大娘 大叔 大婶 大哥 大姐 大嫂 二哥 二姐 三哥 婆婆 奶奶 爷爷 阿姨 叔叔 伯伯 姑娘 公子 少爷 掌柜 道长 "
    "将军 將軍 元帅 老头 老太 老大 老二 老三 老爷 老爹 老汉 大人 护士 律师 法官 记者 秘书 司机 同学 同志 姐姐 妹妹 哥哥 弟弟 妈妈 爸爸 "
    # words that are given names as well
    "高明 文明 光明 黎明 天明 聪明 聰明 英明 鲜明 文静 文靜 安静 平静 宁静 冷静 平安 和平 太平 公平 水平 建国 建國 爱国 愛國 国庆 國慶 "
    "胜利 勝利 顺利 順利 解放 红星 红旗 向阳 向陽 朝阳 朝陽 夕阳 太阳 春天 秋天 夏天 冬天 晴天 明天 春光 春风 清风 秋风 秋水 春雨 小雨 "
    "大雨 细雨 雨声 小雪 大雪 白雪 雪花 雪白 大海 海洋 海波 长江 長江 长青 长春 江山 青山 高山 泰山 明月 新月 月光 月亮 星星 星辰 流星 "
    "晨光 晨曦 清晨 早晨 天空 天使 天才 天真 天意 天亮 美丽 美麗 美玉 美好 秀丽 红梅 红玉 红叶 紫薇 牡丹 玫瑰 百合 茉莉 芙蓉 丁香 海棠 "
    "菊花 荷花 梅花 桃花 杏花 春花 兰花 莲花 荷叶 珍珠 珊瑚 琥珀 翡翠 玲珑 如意 吉祥 幸福 快乐 欢乐 喜悦 永远 永恒 思念 思想 希望 梦想 "
    "理想 志气 志愿 智慧 勇敢 英雄 英俊 豪杰 忠诚 真诚 善良 温柔 溫柔 纯真 自强 自立 自由 自在 从容 逍遥 无常 无双 无忌 无名 无敌 学习 "
    "学文 文学 文化 文采 文章 文字 新生 新年 小小 小天 小心 小时 小说 小声 大力 大勇 大成 成功 成长 成为 立刻 立即 立春 立秋 立夏 国家 家园 "
    "家人 人生 生平 生活 一生 一心 一鸣 一天 一样 一直 子弹 子夜 子女 心灵 心意 心怡 可爱 可心 可人 可以 可能 如果 如此 如何 若是 若干 "
    "若水 知道 知音 知己 知识 方便 方正 方圆 方向 正义 正直 正在 正好 正常 常常 常青 长生 长大 长久 重阳 重要 雷雨 雷声 闪电 飞扬 飞鸟 "
    "风云 风雨 云雾 云彩 白云 白鹤 黄河 黄金 金钱 金色 银河 银色 石头 木头 火车 水手 水晶 江水 江湖 江南 南方 北方 东方 西方 北京 上海 "
    "中华 中国 中心 中央 世界 世纪 时间 时光 光阴 光芒 光辉 晓得 明白 明显 明亮 清楚 清明 清白 清新 佳人 佳节 佳期 嘉宾 庆祝 安全 安慰 "
    "安心 安宁 安康 健康 健全 丰收 富贵 富强 荣华 荣誉 德行 道德 仁义 信心 信任 礼貌 礼物 乐意 悠然 悠悠 欣然 欣喜 依然 依依 依旧 忽然 当然 "
    "自然 果然 浩然 安然 淡然 默默 静静 轻轻 慢慢 渐渐 微微 盈盈 莹莹 亭亭 婷婷 双双 圆圆 团团 多多 点点 甜甜 宝宝 贝贝 阳光 阳台 海燕 燕子 "
    "喜鹊 孔雀 凤凰 鳳凰 麒麟 蝴蝶 金龙 金凤 大龙 小龙 小虎 老虎 小鱼 金鱼 小草 小花 小河 小溪 小山 大山 小星 小梅".split()
)
_ENDS_WORDS = frozenset(
    "子儿兒们們生人家心中天时時来來去上下里裡外面头頭手口声聲气氣力水火山海日月年明国國学學文书書新长長大小多美好光风風雨雪云雲花星夜路城"
    "门門车車船灯燈话話事情意思梦夢春秋冬夏道理想成立正方平安乐樂得着过過起出进進开開会會可能一如若知自为為以所地方向东東南西北金玉石木草"
    "马馬龙龍鱼魚鸟鳥红紅白黑青黄黃清高老少男女父母兄弟姐妹王公主君臣士兵军軍民众眾业業工作用法力量样樣种種次点點"
)
_ENDS_FOR_CERTAIN = frozenset(
    "的了和与與跟同及或把被给給让讓叫向对對在从從是就也又都才却卻而但因由使令比像替为為说說问問喊找见見等陪带帶看望听聽爱愛恨想怕吻抱"
    "扶拉推追救送约約请請娶嫁骗騙劝勸哄盯瞪诉訴着著过過当當若如果连連有没沒不再还還只这這那"
)


def given_name(name: str) -> str | None:
    """The given name alone, where it is one that texts use alone and that is nothing else; else None."""
    if not _NAME.fullmatch(name):
        return None
    given = name[2:] if name[:2] in _COMPOUND else name[1:] if name[0] in _SURNAMES else ""
    return given if len(given) == 2 and given not in _WORDS else None


def stands_alone(text: str, start: int, given: str) -> bool:
    """Whether `given` at `start` can be little else than the name: no part of another word, and of no other's name."""
    before = text[start - 1 : start]
    if not _HAN.match(before) or before in _ENDS_FOR_CERTAIN:
        return True
    return before not in _SURNAMES and given[0] not in _ENDS_WORDS and text[start - 2 : start] not in _COMPOUND
