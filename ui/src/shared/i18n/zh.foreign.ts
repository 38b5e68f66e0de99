// 分析员阅读别人的创作时的文字。
import type { foreignEn } from "./en.foreign";

export const foreignZh: Record<keyof typeof foreignEn, string> = {
  "foreign.title": "别人的创作",
  "foreign.owner": "化名",
  "foreign.recorded": "这次阅读会留下记录，作者可以看到。你可以看所有内容，但不能更改。",
  "foreign.notLive": "并非实时：这是 {at} 的样子。",
  "foreign.again": "重新读取",
  "foreign.credits": "额度只属于作者本人，这里不显示。",
  "foreign.agree": "已确认的内容里有 {n} 处矛盾",
  "foreign.agree.about": "一处文字这样说，另一处那样说。",
  "foreign.empty": "这里没有提案。未经提案而确认的内容，请看“文字的来历”。",
  "foreign.branch": "你从这里分出的创作归你所有。作者会看到你分出了一份，以及从哪个时刻开始。",
  "foreign.why": "这是别人的创作：只能阅读，不能更改。",
};
