// 归档：很久以前结束的创作。
import type { archiveEn } from "./en.archive";

export const archiveZh: Record<keyof typeof archiveEn, string> = {
  "archive.title": "已归档",
  "archive.what": "自 {at} 起，它的 {n} 个事件存放在归档中。阅读、比较、导出、分支都和以前一样。",
  "archive.why": "如果常要读它，可以取回。",
  "archive.bring": "取回",
  "archive.back": "已从归档取回。事件数：{n}。",
};
