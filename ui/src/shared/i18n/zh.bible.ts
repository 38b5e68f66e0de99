// 把故事设定集存成文件的文案。
import type { bibleEn } from "./en.bible";

export const bibleZh: Record<keyof typeof bibleEn, string> = {
  "bible.download": "下载设定集",
  "bible.whatItIs": "所有已确认的内容，合成一份文档",
  "bible.past": "第 {n} 版时的样子",
  "bible.epub": "EPUB，用于电子书阅读器",
  "bible.pdf": "PDF，用于阅读和打印",
  "bible.docx": "Word（DOCX），可继续编辑",
  "bible.markdown": "Markdown，纯文本",
  "bible.html": "HTML，单个网页",
  "bible.making": "正在制作文件……",
  "bible.done": "文件已下载。",
  "bible.nothing": "还没有确认任何内容。设定集由已确认的内容组成。",
  "bible.failed": "设定集没有下载",
  "bible.safe": "你的文字是安全的。请再试一次，或换一种格式。",
  "bible.missing": "PDF 里有些字符显示不出来",
  "bible.missing.text": "文件已下载，这些字符的位置显示为 �。其他格式里它们都在；把含有这些字符的字体放进工作室数据文件夹的 fonts 里，PDF 里也会有。",
  "bible.missing.in": "{characters}：{places}",
  "bible.missing.title": "标题",
};
