// Every word of the page itself, in Chinese and English.  Words of policies come from the server.

export const WORDS = {
  // frame
  name: ["政策工作台", "Policy studio"],
  folder: ["文件夹", "Folder"],
  skip: ["跳到条文", "Skip to the clauses"],
  switch: ["English", "中文"],
  switchTitle: ["Switch the page to English", "把页面换成中文"],
  menu: ["目录", "Contents"],
  close: ["关闭", "Close"],
  cancel: ["取消", "Cancel"],
  retry: ["再试一次", "Try again"],
  loading: ["正在打开……", "Opening…"],
  colon: ["：", ": "],
  open: ["（", " ("],
  arrow: ["→", "→"],
  none: ["无", "none"],

  // the way in
  tokenTitle: ["这个地址打不开工作台", "This address does not open the studio"],
  tokenText: [
    "地址里没有口令，或者口令不对。请用启动 policydsl studio 时终端里显示的完整地址打开；每次启动的口令都不同。",
    "The address has no token, or a wrong one. Open the full address that policydsl studio showed in the terminal when it started; every start has its own token.",
  ],
  goneTitle: ["工作台没有回应", "The studio does not answer"],
  goneText: [
    "启动工作台的程序可能已经关闭。没有保存的修改还在这个页面里。在原来的端口重新启动以后，用新的地址在同一个标签页打开即可找回。",
    "The program that serves this page may have ended. Your unsaved changes are still in this page. After a new start at the same port, open the new address in this same tab to find them again.",
  ],
  goneDraft: ["没有保存的草案，可以复制出去：", "The draft that was not saved, to be copied:"],
  problem: ["没有做成", "That did not work"],

  // left
  policies: ["政策", "Policies"],
  ownFolder: ["本文件夹", "This folder"],
  bundled: ["随程序附带", "Bundled"],
  nothingOwn: ["这个文件夹里还没有政策文件；保存的修订会放在这里。", "No policy file in this folder yet; amendments that you save appear here."],
  part_scene: ["应用场景", "Scenes"],
  part_rule: ["效力与期限", "Validity and deadlines"],
  outline: ["条文目录", "Clauses"],
  changes: ["本草案的修改", "Changes of this draft"],
  noChanges: ["还没有修改。点开条文里带下划线的数字，或者到“文本”里改。", "No changes yet. Click an underlined number in the clauses, or edit the text."],
  revert: ["恢复", "Revert"],
  revertThis: ["恢复这一处：{what}", "Revert this: {what}"],
  revertAll: ["全部恢复", "Revert all"],
  lineOf: ["第 {n} 行", "line {n}"],
  added: ["新增", "added"],
  removed: ["删去", "removed"],
  changed: ["已改", "changed"],
  errorsCount: ["{n} 个错误", "{n} errors"],
  openUnsaved: ["这份政策有没有保存的修改", "This policy has unsaved changes"],
  kind_scheme: ["积分", "scheme"],
  kind_assessment: ["考核", "assessment"],
  kind_work_plan: ["要点", "targets"],
  kind_amendment: ["修订", "amendment"],

  // bar
  undo: ["撤销", "Undo"],
  redo: ["重做", "Redo"],
  save: ["保存为修订", "Save as amendment"],
  packageShort: ["生成材料", "Package"],
  compareShort: ["比较", "Compare"],
  help: ["键盘操作", "Keyboard"],
  draftState: ["草案，{n} 处修改未保存", "draft, {n} unsaved changes"],
  cleanState: ["与文件一致", "as on file"],
  basedOn: ["基于 {ref}", "based on {ref}"],

  // middle
  welcome1: ["在左边选一份政策：条文以官方表述列出，审查意见在旁边。", "Choose a policy on the left: its clauses in official wording, findings beside them."],
  welcome2: ["点开带下划线的数字，拖动或用方向键调整；右边马上看到谁受益、谁受损、分数线在哪里。", "Click an underlined number and slide it, or use the arrow keys; the right side shows who gains, who loses, and where the line falls."],
  welcome3: ["满意以后保存为修订，再生成征求意见材料。", "When you are content, save it as an amendment and write the consultation package."],
  tabClauses: ["条文", "Clauses"],
  tabText: ["文本", "Text"],
  tabFindings: ["审查意见", "Findings"],
  views: ["查看方式", "Views"],
  toText: ["看文本", "See the text"],
  before: ["修改前", "Before"],
  after: ["修改后", "After"],
  repealed: ["草案已删去这一条", "The draft removes this clause"],
  newClause: ["草案新增", "New in the draft"],
  doubts: ["存疑 {n} 处", "Doubts: {n}"],
  otherNumbers: ["其他数字", "Other numbers"],
  field: ["{where} {label}，原为 {value}{unit}", "{where} {label}, was {value} {unit}"],
  fieldSame: ["{where} {label}", "{where} {label}"],
  slider: ["拖动调整：{label}", "Slide: {label}"],
  was: ["原为 {value}", "was {value}"],
  step: ["每步 {step}", "step {step}"],
  notNumber: ["请输入数字，例如 0.5", "Please type a number, such as 0.5"],
  sliderHint: ["↑ ↓ 每次一步，按住 Shift 十步", "↑ ↓ one step, with Shift ten"],
  noDocument: ["草案的文本有错，条文暂时排不出来；请看“文本”里标出的地方。", "The draft's text has errors, so the clauses cannot be set; see the marks in the text."],
  lastGood: ["文本有错误，下面还是上一次能读懂的条文。", "The text has errors; below are the clauses as last understood."],

  // findings
  error: ["错误", "error"],
  warning: ["提醒", "warning"],
  note: ["提示", "note"],
  errorsTitle: ["错误", "Errors"],
  warningsTitle: ["提醒", "Warnings"],
  notesTitle: ["提示", "Notes"],
  noFindings: ["没有审查意见。", "No findings."],
  remedy: ["怎么办", "What to do"],
  witness: ["实例", "A case"],
  verdictProved: ["已证明成立", "proved"],
  verdictRefuted: ["有反例", "refuted"],
  verdictUndecided: ["未能判定", "undecided"],
  wholePolicy: ["整份政策", "The whole policy"],
  allFindings: ["共 {n} 条：错误 {e}，提醒 {w}，提示 {i}", "{n} in all: {e} errors, {w} warnings, {i} notes"],
  moreFindings: ["另有 {n} 条", "{n} more"],

  // editor
  editor: ["政策文本", "Text of the policy"],
  editorHint: [
    "Tab 移到下一个控件；Ctrl+] 缩进，Ctrl+[ 减少缩进。数字与条文里的是同一份草案。",
    "Tab leaves the field; Ctrl+] indents, Ctrl+[ outdents. Text and numbers are the same draft.",
  ],
  position: ["第 {line} 行，第 {column} 列", "line {line}, column {column}"],
  nextMark: ["下一处有意见的地方", "Next mark"],
  previousMark: ["上一处", "Previous mark"],

  // right
  effect: ["修改的效果", "What the draft does"],
  settings: ["测算条件", "Assumptions of the run"],
  change: ["更改", "Change"],
  apply: ["应用", "Apply"],
  population: ["人群", "Population"],
  households: ["户数", "Households"],
  householdsOf: ["{n} 户", "{n} households"],
  seed: ["随机种子", "Seed"],
  seedOf: ["种子 {n}", "seed {n}"],
  scene: ["应用场景", "Scene"],
  noScene: ["不排名，只算得分", "No ranking, points only"],
  quota: ["名额", "Places"],
  quotaOf: ["名额 {n}", "{n} places"],
  by: ["分组", "Groups"],
  noBy: ["不分组", "No groups"],
  assume: ["补足未载明之处的假定", "Assumptions for what is not stated"],
  assumptionsTitle: ["以下数字依据假定", "These figures rest on assumptions"],
  assumptionSet: ["假设集 {name}", "assumption set {name}"],
  assumptionsCount: ["{n} 项假定", "{n} assumptions"],
  noPopulation: ["不用人群，只看典型人员", "No population, typical persons only"],
  askPopulation: ["选一个人群，就能看到分布、分数线和各组的变化。", "Choose a population to see the distribution, the line and the groups."],
  preparing: ["正在准备人群……", "Preparing the population…"],
  noEffect: ["这份草案现在算不出效果。", "The effect of this draft cannot be worked out now."],
  lastEffect: ["文本有错误，下面还是上一次能读懂时的数字。", "The text has errors; the figures below are from when it could last be read."],
  stale: ["正在重算……", "Working it out again…"],
  mean: ["平均分", "Mean"],
  persons: ["{n} 人", "{n} persons"],
  units: ["{n} 个单位", "{n} units"],
  line: ["分数线", "Line"],
  gainers: ["受益", "Gain"],
  losers: ["受损", "Lose"],
  same: ["不变", "Same"],
  distribution: ["得分分布", "Distribution of points"],
  distributionAlt: [
    "得分分布，{n}。平均分修改前 {before}，修改后 {after}。",
    "Distribution of points, {n}. Mean before {before}, after {after}.",
  ],
  binRead: ["{from} 至 {to} 分：修改前 {before}，修改后 {after}", "{from} to {to} points: {before} before, {after} after"],
  chartHint: ["移到图上，或用左右键逐格读数", "Point at the chart, or read it with ← →"],
  table: ["数据表", "Table"],
  range: ["得分", "Points"],
  lineBefore: ["线 {n}", "line {n}"],
  places: ["名额与分数线", "Places and the line"],
  admitted: ["入围", "Admitted"],
  admittedOf: ["{before} → {after}", "{before} → {after}"],
  crossIn: ["由落选变入围", "Newly admitted"],
  crossOut: ["由入围变落选", "No longer admitted"],
  ties: ["线上同分", "Level at the line"],
  noLine: ["没有线", "no line"],
  moversTitle: ["受益与受损", "Gainers and losers"],
  greatestUp: ["最多加 {n} 分", "at most +{n} points"],
  greatestDown: ["最多减 {n} 分", "at most −{n} points"],
  changeBy: ["变化", "Change"],
  count: ["人数", "Persons"],
  countUnits: ["单位数", "Units"],
  share: ["占比", "Share"],
  groups: ["各组", "Groups"],
  group: ["组", "Group"],
  meanShort: ["平均分", "Mean"],
  admittedRate: ["入围", "Admitted"],
  difference: ["差", "Change"],
  typical: ["典型人员", "Typical persons"],
  unchanged: ["不变", "no change"],
  facts: ["情况", "Facts"],
  range2: ["{low} 至 {high}", "{low} to {high}"],
  exact: ["全体逐人计算", "everyone scored"],

  // save
  saveTitle: ["保存为修订", "Save as an amendment"],
  saveLead: [
    "把草案写成一份修订文件：原政策不动，只写改了什么、为什么。",
    "Writes the draft as an amendment: the policy stays as it is; the file says what changes and why.",
  ],
  saveAs: ["保存方式", "How to save"],
  asAmendment: ["另存为修订文件", "As an amendment"],
  asText: ["直接写回这个文件", "Into the file itself"],
  asTextNote: ["文件 {file} 会换成草案的文本。", "{file} becomes the text of the draft."],
  id: ["编号", "Id"],
  idHint: ["字母、数字、连字符", "letters, digits, hyphens"],
  title: ["标题", "Title"],
  file: ["文件", "File"],
  reasons: ["修改理由", "Reasons"],
  reasonHint: ["写进修订，也写进修改对照表", "goes into the amendment and the table of changes"],
  keepsReason: ["留空则保留原有的理由", "left empty: the reason that it has stays"],
  noReason: ["{n} 处没有写理由", "{n} without a reason"],
  saveDo: ["保存", "Save"],
  saved: ["已保存：{file}", "Saved: {file}"],
  saveErrorsOwn: ["草案还有 {n} 处错误，不能存为修订。可以先把没写完的文本原样存进 {file}，以后接着改。", "The draft still has {n} errors and cannot be saved as an amendment. The unfinished text can be kept in {file} as it is, to go on later."],
  saveAnyway: ["有错误也照样保存", "Save it with its errors"],
  savedErrors: ["已保存到 {file}，还有 {n} 处错误", "Saved to {file}, with {n} errors"],
  recount: ["重算", "Work it out"],
  stopped: ["没有算完，下面是以前的数字，与现在的草案不符。", "This was not worked out; the figures below are older than the draft."],
  saveErrors: ["草案有错误，改好以后才能保存。", "The draft has errors; it can be saved once they are mended."],
  nothingToSave: ["草案与文件一致，没有可保存的修改。", "The draft is as on file; there is nothing to save."],
  overwrite: ["替换现有文件", "Replace the file"],

  // conflicts
  restored: ["找回了上次没有保存的修改（{n} 处）。", "Your unsaved changes were found again ({n})."],
  diskTitle: ["文件在别处改过", "The file was changed elsewhere"],
  diskText: [
    "{file} 在您打开以后被改过（另一个标签页或别的程序）。您的修改都还在，没有写到文件里。",
    "{file} was changed after you opened it (in another tab or program). Your changes are all here; nothing was written.",
  ],
  diskClean: ["{file} 在别处改过，已换成新的内容。", "{file} was changed elsewhere; the new text is shown."],
  carry: ["把我的修改移到新文件上", "Carry my changes over to the new file"],
  discard: ["放弃我的修改，用新文件", "Drop my changes, take the new file"],
  carriedAll: ["{n} 处修改已移到新文件上。", "{n} changes were carried over to the new file."],
  carriedLost: ["有 {n} 处移不过去，因为那里在别处也改过；请看下面：", "{n} could not be carried over, since the same place was changed elsewhere; see below:"],
  elsewhere: ["别处改了 {n} 处", "changed elsewhere: {n}"],

  // compare
  compareTitle: ["与其他政策比较", "Compare with other policies"],
  compareLead: ["选两份以上；按指标对齐，不按条文行。", "Choose two or more; they are aligned by indicator, not by line."],
  compareDraft: ["我的草案", "My draft"],
  compareStart: ["比较", "Compare"],
  comparison: ["比较结果", "Comparison"],
  newWindow: ["在新标签页打开", "Open in a new tab"],
  tooFew: ["请至少选两份", "Choose at least two"],

  // package
  packageTitle: ["生成征求意见材料", "Write the consultation package"],
  packageLead: [
    "附件表格、修改对照表、起草说明、征求意见函和反馈单，都是 Word 文件。",
    "Annex tables, table of changes, drafting note, letter and feedback form, as Word files.",
  ],
  packageOf: ["哪一份修订", "Which amendment"],
  packageNone: ["文件夹里还没有修订；请先把草案保存为修订。", "No amendment in this folder yet; save the draft first."],
  packageUnsaved: ["草案里没有保存的修改不会写进材料。", "Unsaved changes of the draft do not go into the package."],
  packageStart: ["生成", "Write"],
  deadline: ["反馈截止日期", "Replies by"],
  contact: ["联系人", "Contact"],
  phone: ["电话", "Telephone"],
  mail: ["电子邮箱", "E-mail"],
  issued: ["发函日期", "Date of the letter"],
  office: ["发文机关", "Office"],
  emptyDetails: ["空着的，文件里留成待填。", "What is left empty stays to be filled in."],
  packageWith: ["起草说明用右边的测算条件：{what}", "The drafting note uses the conditions on the right: {what}"],
  packageWithout: ["没有选人群，起草说明里不写影响测算。", "Without a population the drafting note has no figures of impact."],
  packageDone: ["材料已生成：{folder}", "Written: {folder}"],
  files: ["文件", "Files"],
  all: ["全部下载（zip）", "All as a zip"],

  // jobs
  jobs: ["进行中", "At work"],
  jobDone: ["完成：{what}", "Done: {what}"],
  jobCancelled: ["已取消：{what}", "Cancelled: {what}"],
  cancelJob: ["取消：{what}", "Cancel: {what}"],

  // live region
  sayEffect: [
    "平均分 {before} 变为 {after}；受益 {up} 人，受损 {down} 人。",
    "Mean from {before} to {after}; {up} gain, {down} lose.",
  ],
  sayLine: ["分数线 {before} 变为 {after}。", "Line from {before} to {after}."],
  sayErrors: ["草案有 {n} 个错误。", "The draft has {n} errors."],
  sayTypical: ["典型人员已重算。", "Typical persons worked out again."],

  // keyboard
  helpTitle: ["键盘操作", "Keyboard"],
  keyTab: ["下一个、上一个控件", "next, previous control"],
  keyArrows: ["数字加、减一步", "number up, down one step"],
  keyShift: ["加、减十步", "ten steps"],
  keyHome: ["滑块到最小、最大", "slider to the least, the greatest"],
  keyEsc: ["数字：恢复为文件里的值；对话框：关闭", "number: back to the value on file; dialog: close"],
  keyUndo: ["撤销、重做", "undo, redo"],
  keySave: ["保存为修订", "save as amendment"],
  keyViews: ["条文、文本、审查意见", "clauses, text, findings"],
  keyEffect: ["到“修改的效果”", "to “What the draft does”"],
  keyPolicies: ["到政策列表", "to the list of policies"],
  keyHelp: ["这个列表", "this list"],
  keyIndent: ["文本：缩进、减少缩进", "text: indent, outdent"],
  keyMarks: ["文本：下一处、上一处意见", "text: next, previous finding"],
  keyChart: ["图上逐格读数", "read a chart bar by bar"],
};

let language = "zh";

export function speak(next) {
  language = next === "en" ? "en" : "zh";
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function spoken() {
  return language;
}

/** A word of the page: t("full", {n: "30"}). */
export function t(key, values = {}) {
  const pair = WORDS[key];
  if (!pair) throw new Error(`no word for ${key}`);
  return pair[language === "zh" ? 0 : 1].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** A text of the server: {zh, en}, [zh, en] or one string. */
export function say(text) {
  if (text == null) return "";
  if (Array.isArray(text)) return text[language === "zh" ? 0 : 1] ?? text[0] ?? "";
  if (typeof text === "object") return text[language] || text.zh || text.en || "";
  return String(text);
}
