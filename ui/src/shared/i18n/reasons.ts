// Why something cannot be done now, in Chinese, by the server's code. In English the server's own sentence is shown.
export const reasonsZh: Record<string, string> = {
  SESSION_ENDED: "这次创世已经结束。",
  SESSION_PAUSED: "这次创作的时间到了。延长即可继续，什么都不会丢。",
  COMMAND_ACTIVE: "正在生成内容。请等它完成，或先停止。",
  STAGE_NOT_OPEN: "引导模式下，确认前面的阶段之后才会打开这里。",
  WRONG_STAGE: "完成创世之后才会到达这里。",
  NOTHING_TO_CANCEL: "现在没有在生成内容。",
  STAGE_EMPTY: "这个阶段还是空的，请先请求提案。",
  ALREADY_THERE: "你已经在这个阶段了。",
  NOT_READY: "要先确认所有阶段。",
  UNKNOWN_PATH: "提案里没有这个位置。",
  INVALID_REQUEST: "有些内容填得不对。",
  NOT_FOUND: "没有找到，或者它不属于你。",
  PROJECTION_LAGGING: "已经保存，稍后就会显示。",
  UNAVAILABLE: "暂时连不上数据库。请重试：同一件事不会发生两次。",
  INTERNAL_ERROR: "这是我们的错，已经记录。没有写入一半的内容。",
};
