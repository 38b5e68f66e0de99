// 关于正在输入的文字：上限、保存、撤销。
import type { typedEn } from "./en.typed";

export const typedZh: Record<keyof typeof typedEn, string> = {
  "typed.near": "{n} / {limit} 字",
  "typed.over": "超出 {over} 字，最多 {limit} 字。内容没有被截断。",
  "typed.over.line": "第 {line} 行超出 {over} 字，最多 {limit} 字",
  "typed.offer": "尚未发送，已保存在本浏览器中：",
  "typed.undo": "撤销",
  "typed.discarded": "已丢弃。",
  "typed.notKept": "本浏览器暂时无法保存草稿：存储空间已满或被禁止。一切功能照常，只是关闭标签页后，尚未发送的内容会丢失。",
  "typed.later": "已保存。之后输入的内容仍在这里。",
  "studio.spark.all": "阅读全文",
};
