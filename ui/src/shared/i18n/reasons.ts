// What the server says, in Chinese, by its codes. In English, and for codes that are not here, its own sentence is shown.

/** Why something cannot be done now, or was refused. */
export const reasonsZh: Record<string, string> = {
  SESSION_ENDED: "这次创世已经结束。可以从它分支出新的创作。",
  SESSION_PAUSED: "这次创作的时间到了。延长即可继续，什么都不会丢。",
  SESSION_EXISTS: "这次创作已经开始了。",
  COMMAND_ACTIVE: "正在生成内容。请等它完成，或先停止。",
  COMMAND_ID_REUSED: "这个操作的编号已用于另一个操作。请再试一次。",
  STAGE_NOT_OPEN: "引导模式下，确认前面的阶段之后才会打开这里。",
  WRONG_STAGE: "完成创世之后才会到达这里。",
  NOTHING_TO_CANCEL: "现在没有在生成内容。",
  STAGE_EMPTY: "这个阶段还是空的，请先请求提案。",
  ALREADY_THERE: "你已经在这个阶段了。",
  INSUFFICIENT_CREDITS: "额度不够这次生成用。请让工作室的管理员添加额度，或等进行中的生成结束。",
  NOT_READY: "要先确认所有阶段。",
  EMPTY_EDIT: "没有要修改的内容。",
  UNKNOWN_PATH: "提案里没有这个位置。",
  UNKNOWN_PROPOSAL: "这个阶段里没有这份提案。",
  UNKNOWN_VERSION: "这次创作没有这个版本。",
  INVALID_REQUEST: "有些内容填得不对。",
  UNAUTHENTICATED: "请先登录。",
  CROSS_ORIGIN: "这个请求来自别的网站，已被拒绝。",
  FORBIDDEN_SCOPE: "这个令牌没有这项权限。",
  NOT_FOUND: "没有找到，或者它不属于你。",
  TOO_LARGE: "内容太大了。",
  PROJECTION_LAGGING: "已经保存，稍后就会显示。",
  EVENT_TOO_NEW: "这次创作里有新版本写下的内容。它很安全，升级这里的工作室后即可继续。",
  SECRET_KEY_UNUSABLE: "密钥无法保存：加密密钥的文件不能读写。请在终端运行 genesis doctor。",
  UNAVAILABLE: "暂时连不上数据库。请重试：同一件事不会发生两次。",
  INTERNAL_ERROR: "这是我们的错，已经记录。没有写入一半的内容。",
};

/** Why a generation failed. */
export const failuresZh: Record<string, string> = {
  RATE_LIMITED: "模型服务商要求暂停一下。请等一分钟再试。",
  NO_CREDIT: "模型账户的额度用完了。充值后再试。",
  KEY_REFUSED: "模型服务商拒绝了密钥。请在“模型”页面（或 GENESIS_MODEL_API_KEY）检查它及其权限。",
  KEY_MISSING: "这个模型需要密钥：请在“模型”页面填写，或设置 GENESIS_MODEL_API_KEY。",
  MODEL_NOT_FOUND: "这个地址没有这个模型。请在“模型”页面检查名字和地址（或 GENESIS_MODEL 和 GENESIS_MODEL_BASE_URL）。",
  KEY_MALFORMED: "密钥里有密钥不会有的字符，比如换行或长破折号。请重新复制。",
  KEY_UNREADABLE: "这个模型的密钥是用另一把加密密钥保存的。请在“模型”页面重新输入，或放回 GENESIS_SECRET_KEY 或 secret.key。",
  WRONG_ADDRESS: "这个地址有回应，但没有模型接口。请检查地址：大多数服务器的地址以 /v1 结尾。",
  WEB_PAGE: "这个地址打开的是网页，不是模型接口。请检查地址：接口多以 /v1 结尾，前面也可能有登录页。",
  PROXY_IN_THE_WAY: "中间的代理没有放行请求。请检查 HTTPS_PROXY、ALL_PROXY 和 NO_PROXY。",
  OVERLOADED: "模型服务商现在负载过高。请过几分钟再试。",
  NO_FIRST_WORD: "时间到了，模型还没有开始写。它可能还在加载：请再试，或换一个小一点的模型。",
  REPEATED_ITSELF: "模型不断重复同样的话，已被停下。请再试，或换一个大一点的模型。",
  REFUSED: "模型不愿写这段内容。请换一种说法，或换一个模型。",
  WRONG_LANGUAGE: "模型总是用另一种语言写。请换一个懂你的语言的模型。",
  MODEL_MISCONFIGURED: "模型的设置有误。请在“模型”页面（或 GENESIS_MODEL）检查。",
  UNKNOWN_MODEL: "不认识这个模型。请在“模型”页面（或 GENESIS_MODEL）检查。",
  TOO_LONG_TO_READ: "材料比这个模型能读的更长。请换一个容量更大的模型。",
  REQUEST_REFUSED: "模型服务商拒绝了请求。请确认这个模型能够调用工具。",
  CONTENT_FILTERED: "模型服务商不愿写这段内容。请换一种说法。",
  PROVIDER_FAILED: "模型服务商自己出了故障。请稍后再试。",
  UNREACHABLE: "连不上模型。请检查它的服务器是否在运行，地址是否正确。",
  CONNECTION_LOST: "模型写到一半时连接断了。请重试。",
  TIMED_OUT: "写作没有按时完成。请重试，或用 GENESIS_MODEL_TIMEOUT_SECONDS 给它更多时间。",
  WENT_SILENT: "模型写到一半就没有声音了。请重试。",
  TRUNCATED: "模型在写完之前达到了最长回答，因此没有采用。请少要几份提案，或换一个能写更多的模型。",
  BROKEN_ANSWER: "模型的回答不符合这个阶段的形式。请重试。",
  INVALID_CONTENT: "写出的内容不符合这个阶段的形式。请重试。",
  EMPTY: "模型什么也没有回答。请重试。",
  MODEL_FAILED: "模型无法使用。请重试，或换一个模型。",
  WRITER_CRASHED: "写作时出了问题。请重试。",
};

/** How the test of a model ended, where that is said otherwise than when it should have written. */
export const testsZh: Record<string, string> = {
  BROKEN_ANSWER: "模型有回答，但不是要求的形式。写提案时可能失败：换一个大一点的模型，或把栏目设为“少”，也许有用。",
  REQUEST_REFUSED: "服务器不接受这样的请求。请换一个模型。",
  TIMED_OUT: "模型没有按时答完。请重试。",
  TRUNCATED: "模型在答完之前达到了最长回答。请换一个能写更多的模型。",
  MODEL_FAILED: "模型无法使用。请检查它的地址、名字和密钥。",
};

/** What a session warns of. */
export const warningsZh: Record<string, string> = {
  GENERATION_FAILED: "这一轮没有写出提案。",
  SESSION_EXPIRING: "这次创作的时间快用完了。随时可以延长。",
  EXPIRES_SOON: "这次创作的时间已过八成。随时可以延长，什么都不会丢。",
  EXPIRES_VERY_SOON: "这次创作的时间马上就到。延长即可继续；就算暂停，也什么都不会丢。",
  EXPIRED: "这次创作的时间到了，已经暂停。延长即可从停下的地方继续。",
  WAIT_EXPIRED: "工作室不再等待你的下一步。什么都没有丢，想继续时随时可以继续。",
};
