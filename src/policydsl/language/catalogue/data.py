"""D: tables of cases, populations, mappings of columns."""

from __future__ import annotations

from policydsl.language.catalogue.templates import Template, error, note, warning

TEMPLATES: dict[str, Template] = {
    "D401": error(
        "第 {row} 行“{column}”：“{value}”不是{wanted}。",
        "Row {row}, “{column}”: “{value}” is not {wanted}.",
        "改正这一格；空格表示未提供。",
        "Correct the cell; an empty cell means: not handed in.",
    ),
    "D402": error(
        "第 {row} 行“{column}”：{value} 超出范围 {range}。",
        "Row {row}, “{column}”: {value} is out of the range {range}.",
        "核对数值。",
        "Check the value.",
    ),
    "D403": error(
        "第 {row} 行“{column}”：没有“{value}”这个取值（{values}）。{near}",
        "Row {row}, “{column}”: “{value}” is no value of it ({values}). {near}",
        "改成其中之一。",
        "Use one of them.",
    ),
    "D404": error(
        "列“{column}”不是本策略的事实。{near}",
        "Column “{column}” is no fact of this policy. {near}",
        "改正列名，或删去该列；不参与计分的列可用 --ignore 列出。",
        "Correct it or remove the column; name columns to leave aside with --ignore.",
    ),
    "D405": error(
        "第 {row} 行缺少必填的“{column}”。",
        "Row {row} lacks the required “{column}”.",
        "补上。",
        "Fill it in.",
    ),
    "D406": error(
        "编号“{value}”重复（第 {row} 行与第 {other} 行）。",
        "The id “{value}” is used twice (rows {row} and {other}).",
        "编号须唯一。",
        "Ids must be unique.",
    ),
    "D407": error(
        "“{path}”不是可读的{format}文件：{problem}。",
        "“{path}” is not a readable {format} file: {problem}.",
        "核对文件。",
        "Check the file.",
    ),
    "D408": error(
        "“{path}”里没有数据行。",
        "“{path}” holds no rows of data.",
        "第一行是列名，以下每行一例。",
        "The first row names the columns, each further row is a case.",
    ),
    "D409": error(
        "第 {row} 行的单位“{value}”不在本策略中。{near}",
        "Row {row}: the policy has no unit “{value}”. {near}",
        "改正单位名称。",
        "Correct the name of the unit.",
    ),
    "D410": error(
        "列“{column}”出现两次。",
        "The column “{column}” occurs twice.",
        "只保留一列。",
        "Keep one.",
    ),
    "D411": error(
        "列“{column}”要评定的条款不存在。{near}",
        "Column “{column}” judges no known clause. {near}",
        "写成 评定:条款标识。",
        "Write judged:clause-id.",
    ),
    "D412": error(
        "户“{household}”有 {count} 个“本人”，应为一个。",
        "The household “{household}” has {count} applicants; it must have one.",
        "核对“角色”一列。",
        "Check the column of roles.",
    ),
    "D413": error(
        "不支持的文件格式“{suffix}”。",
        "Files of the kind “{suffix}” are not read.",
        "使用 .csv、.json、.xlsx 或 .parquet。",
        "Use .csv, .json, .xlsx or .parquet.",
    ),
    "D414": error(
        "第 {row} 行没有写单位，而本策略按单位计分。",
        "Row {row} names no unit, but this policy scores by unit.",
        "补上“单位”一列。",
        "Fill in the column of units.",
    ),
    "D415": error(
        "读写 {format} 需要另装组件。",
        "Reading and writing {format} needs an extra component.",
        '运行：pip install "policydsl[{extra}]"。',
        'Run: pip install "policydsl[{extra}]".',
    ),
    "D416": error(
        "文件“{path}”不是 UTF-8 编码（像是 {encoding}）。",
        "“{path}” is not in UTF-8 (it looks like {encoding}).",
        "另存为 UTF-8，或加 --encoding {encoding}。",
        "Save it as UTF-8, or add --encoding {encoding}.",
    ),
    "D417": error(
        "第 {row} 行有 {found} 格，表头有 {wanted} 列。",
        "Row {row} has {found} cells, the head has {wanted}.",
        "核对分隔符和引号。",
        "Check separators and quotation marks.",
    ),
    "D418": error(
        "评定 {value} 分超出“{clause}”可评的范围。",
        "The judgement of {value} points exceeds what “{clause}” leaves to judge.",
        "核对评定的分值和正负号（扣分为负）。",
        "Check the figure and its sign (deductions are negative).",
    ),
    "D419": error(
        "第 {row} 行“{column}”：“{value}”的单位是“{found}”，应为“{wanted}”。",
        "Row {row}, “{column}”: “{value}” is in “{found}”, not in “{wanted}”.",
        "换算成“{wanted}”，或只写数字。",
        "Convert it to “{wanted}”, or write the number alone.",
    ),
    "D420": error(
        "“{path}”超过上限：{limit}{what}。",
        "“{path}” exceeds the limit of {limit} {what}.",
        "分成几个文件。",
        "Split it into several files.",
    ),
    "D421": error(
        "有“角色”一列，却没有“户号”一列，分不清谁和谁是一家。",
        "There is a column of roles but none of households: families cannot be told apart.",
        "补上“户号”一列；不按家庭计算时删去“角色”一列。",
        "Add a column “household”, or remove the roles when families do not matter.",
    ),
    "D422": error(
        "户“{household}”有 {count} 个“配偶”，至多一个。",
        "The household “{household}” has {count} spouses; it can have one.",
        "核对“角色”一列。",
        "Check the column of roles.",
    ),
    "D423": error(
        "第 {row} 行第 {column} 列有内容，这一列却没有列名。",
        "Row {row} has something in column {column}, which has no name.",
        "给这一列写上列名，或清空这一列。",
        "Name the column or empty it.",
    ),
    "D424": error(
        "工作表“{sheet}”有合并的单元格（{cells}）。",
        "The sheet “{sheet}” has merged cells ({cells}).",
        "取消合并，把每一格都填上；第一行只写列名。",
        "Unmerge them and fill in every cell; the first row holds the names of the columns.",
    ),
    "D425": error(
        "第 {row} 行“{column}”是公式，文件里没有保存它的结果。",
        "Row {row}, “{column}” is a formula whose result is not stored in the file.",
        "用表格软件打开并保存一次，或改为数值。",
        "Open and save the file in a spreadsheet program, or put the value instead.",
    ),
    "D426": error(
        "没有名为“{sheet}”的工作表（{sheets}）。",
        "There is no sheet “{sheet}” ({sheets}).",
        "用 --sheet 指定其中之一。",
        "Choose one of them with --sheet.",
    ),
    "D427": error(
        "第 {row} 行：没有编号为“{value}”的案例。{near}",
        "Row {row}: there is no case with the id “{value}”. {near}",
        "核对编号。",
        "Check the id.",
    ),
    "D428": error(
        "第 {row} 行：家庭成员的“{column}”是“{value}”，与本人那一行不同。",
        "Row {row}: “{column}” of a family member is “{value}”, unlike the applicant's.",
        "这一列只写在本人那一行，或全家写成一样。",
        "Fill it in for the applicant only, or alike for the whole family.",
    ),
    "D429": error(
        "找不到数据文件“{path}”。",
        "The data file “{path}” does not exist.",
        "核对路径。",
        "Check the path.",
    ),
    "D431": error(
        "第 {row} 行“{column}”：{value} 的位数太多（小数至多 {places} 位）。",
        "Row {row}, “{column}”: {value} has too many digits (at most {places} places).",
        "在策略里写明这个事实的小数位数（到 n 位），核对数值，或用 --engine exact 打分。",
        "Declare the places of the fact, check the value, or score with --engine exact.",
    ),
    "D432": error(
        "第 {row} 行“{column}”的值超出文件自己写明的最小值和最大值。",
        "Row {row}, “{column}”: the value is outside what the file states as its range.",
        "文件的统计信息不可靠：重新写出这个文件，或用 --engine exact 打分。",
        "The statistics of the file are wrong: write it anew, or score with --engine exact.",
    ),
    "D433": error(
        "户“{household}”的成员不在一起（第 {row} 行又出现），大表不能这样按户计分。",
        "The members of household “{household}” are apart (again in row {row}); a large table "
        "cannot be scored by household like that.",
        "先按“户号”排序，使一户的各行相连。",
        "Sort the table by household, so that its rows stand together.",
    ),
    "D434": error(
        "第 {row} 行与第 {other} 行同属一户，那一行有问题，整户不打分。",
        "Row {row} belongs to the same household as row {other}, which has a problem: the "
        "household is not scored.",
        "改正那一行。",
        "Correct that row.",
    ),
    "D435": error(
        "缺少列“{column}”，而它是必填的事实。",
        "There is no column “{column}”, which is a required fact.",
        "补上这一列。",
        "Add the column.",
    ),
    "D441": error(
        "列“{column}”的类型是 {type}，读不成{wanted}。",
        "The column “{column}” is of type {type}, which cannot be read as {wanted}.",
        "在数据库里把这一列转换成合适的类型（整数、DECIMAL、文字、是否或日期）。",
        "Convert it in the database: to an integer, DECIMAL, text, BOOLEAN or DATE.",
    ),
    "D442": error(
        "表里没有列“{column}”。{near}",
        "The table has no column “{column}”. {near}",
        "补上这一列，或说明它在表里的名称。",
        "Add the column, or say what it is called in the table.",
    ),
    "D443": error(
        "“{path}”里各文件的列不一致（{columns}）。",
        "The files in “{path}” do not have the same columns ({columns}).",
        "一个文件夹里的文件，列名和类型都要一样。",
        "The files of a folder need the same columns of the same types.",
    ),
    "D444": error(
        "编号“{value}”出现 {count} 次。",
        "The id “{value}” occurs {count} times.",
        "编号须唯一。",
        "Ids must be unique.",
    ),
    "D450": error(
        "不是可读的 TOML 文件：{problem}。",
        "This is not a readable TOML file: {problem}.",
        "核对标点和引号；写法见 docs/populations.md。",
        "Check punctuation and quotes; docs/populations.md shows how it is written.",
    ),
    "D451": error(
        "{where}：不认识的“{key}”。{near}",
        "{where}: unknown “{key}”. {near}",
        "改正名称；可写的各项见 docs/populations.md。",
        "Correct it; docs/populations.md lists what can stand here.",
    ),
    "D452": error(
        "{where}：缺少“{key}”。",
        "{where}: “{key}” is missing.",
        "补上。",
        "Add it.",
    ),
    "D453": error(
        "{where}：“{key}”应是{wanted}。",
        "{where}: “{key}” must be {wanted}.",
        "改正。",
        "Correct it.",
    ),
    "D454": error(
        "{where}：各项比例合计 {total}，应为 100。",
        "{where}: the shares add up to {total}, not to 100.",
        "核对比例；发表的数字因舍入至多可差 0.1。",
        "Check the shares; published figures may differ by 0.1 for rounding.",
    ),
    "D455": error(
        "{where}：没有写数字的来源，也没有写假定。",
        "{where}: the figures have neither a source nor an assumption.",
        "写明 来源 = “…”，或者 假定 = “理由”。",
        "Add source = “…” or assumed = “the reason”.",
    ),
    "D456": error(
        "{where}：没有名为“{name}”的来源。{near}",
        "{where}: there is no source “{name}”. {near}",
        "在 [来源表] 里写上它。",
        "Add it to [sources].",
    ),
    "D457": error(
        "{where}：没有名为“{name}”的属性，或者它写在后面。{near}",
        "{where}: there is no attribute “{name}”, or it stands further down. {near}",
        "改正名称；一个属性只能依据写在它前面的属性。",
        "Correct the name; an attribute can depend on those above it only.",
    ),
    "D458": error(
        "{where}：“{name}”没有“{value}”这个取值。{near}",
        "{where}: “{value}” is no value of “{name}”. {near}",
        "改成它的取值之一；数的取值写“自”和“至”，并且在其范围之内。",
        "Use one of its values; for numbers write “from” and “to”, within its range.",
    ),
    "D459": error(
        "“{name}”写了两次。",
        "“{name}” is described twice.",
        "只留一处。",
        "Keep one.",
    ),
    "D460": error(
        "{where}：分段“{band}”与别的分段重叠、颠倒，或者不在步长上。",
        "{where}: the band “{band}” overlaps another, is reversed, or is off the step.",
        "从小到大写，首尾不相交；自、至都是步长的整数倍。",
        "Write bands from low to high without overlaps, on multiples of the step.",
    ),
    "D461": error(
        "{where}：没有写其余情形的分布。",
        "{where}: nothing is said about the remaining cases.",
        "最后一段不写“当”，适用于其余情形；只有最后一段可以不写。",
        "The last part has no “when” and is for all the rest; only the last one.",
    ),
    "D462": error(
        "要求的分布互相矛盾：{where}应占 {wanted}%，按各项限制至多只能有 {possible}%。",
        "The distributions contradict each other: {where} should have {wanted}%, but the limits "
        "leave room for {possible}% only.",
        "核对比例、限制和依存；用 policydsl population check 查看拟合结果。",
        "Check shares, limits and dependences.",
    ),
    "D463": error(
        "限制“{where}”把分段“{band}”切成两段。",
        "The limit “{where}” cuts the band “{band}” in two.",
        "把这一段分成两段，或者改动限制的界线。",
        "Split the band, or move the limit.",
    ),
    "D464": error(
        "限制“{where}”：{problem}。",
        "The limit “{where}”: {problem}.",
        "改正这一条限制。",
        "Correct the limit.",
    ),
    "D465": error(
        "没有名为“{name}”的人口设定。{near}",
        "There is no population “{name}”. {near}",
        "写文件的路径，或者收录的标识（{known}）。",
        "Give a path, or the id of a bundled one ({known}).",
    ),
    "D466": error(
        "人口设定“{population}”的“{name}”与策略“{policy}”不符：{problem}。",
        "“{name}” of the population “{population}” does not fit the policy “{policy}”: {problem}.",
        "改动人口设定，使它与策略的事实一致。",
        "Change the specification so that it agrees with the fact of the policy.",
    ),
    "D467": error(
        "拟合的格子太多：{count} 个，上限 {limit} 个。",
        "The joint table is too large: {count} cells, at most {limit}.",
        "减少拟合的属性或者分段，其余的写成条件分布。",
        "Fit fewer attributes or bands, and describe the others by conditional distributions.",
    ),
    "D468": error(
        "户数 {value} 超出范围 {range}。",
        "The number of households {value} is out of the range {range}.",
        "改正 -n。",
        "Correct -n.",
    ),
    "D469": error(
        "列对照：{where}“{name}”不在数据表里。{near}",
        "Mapping of columns: {where}: the table has no “{name}”. {near}",
        "改正列名，或者删去这一行。",
        "Correct the name of the column, or remove the line.",
    ),
    "D470": warning(
        "数据里的 {count} 个单位名称，{id} 里没有；按推定的承继关系对应：{units}。",
        "{count} names of units in the data are not in {id}; they are matched by succession that "
        "is inferred: {units}.",
        "核对这些对应关系；结果依据这一假定。",
        "Check these pairs: the results rest on them as an assumption.",
    ),
    "D471": warning(
        "数据里的 {count} 个单位，{id} 里没有对应的一个，不参加比较：{units}。",
        "{count} units of the data have no single counterpart in {id} and take no part in the "
        "comparison: {units}.",
        "只看一版的结果，用 policydsl score；对应关系写在沿革里。",
        "Score one edition alone with policydsl score; state in a history which unit became which.",
    ),
    "D472": error(
        "数据里没有一个单位是 {versions} 都有的，不能比较。",
        "No unit of the data is in all of {versions}: they cannot be compared.",
        "核对数据里的单位名称；两版之间的对应关系写在沿革里。",
        "Check the names of units in the data; state in a history which unit became which.",
    ),
    "D473": note(
        "数据里的 {count} 个单位名称，按沿革写明的承继关系在 {id} 里对应：{units}。",
        "{count} names of units in the data are found in {id} by succession that is stated: "
        "{units}.",
        "不用处理。",
        "Nothing to do.",
    ),
    "D474": warning(
        "{id} 给这些单位计分要用的 {count} 项事实，数据里没有：{facts}。按没有材料计，{id} 的"
        "得分因此与别的版次不可比。",
        "The data lack {count} facts that {id} reads to score these units: {facts}. They count as "
        "not handed in, so scores under {id} do not compare with those of other editions.",
        "在数据里补上这些列。",
        "Add these columns to the data.",
    ),
    "D499": error(
        "还有 {count} 处问题没有列出。",
        "{count} more problems are not shown.",
        "先改正上面的问题。",
        "Correct the problems above first.",
    ),
    "D550": error(
        "没有“{code}”这项检查。{near}",
        "There is no check “{code}”. {near}",
        "policydsl review --list 列出全部检查。",
        "policydsl review --list lists the checks.",
    ),
    "D551": error(
        "没有可以审查的文件：{targets}。",
        "There is nothing to review: {targets}.",
        "审查的是积分、考核、要点和修订；词汇、假设集、沿革用 policydsl check 检查。",
        "Points schemes, assessments, work plans and amendments are reviewed; use policydsl check "
        "for vocabularies, assumption sets and histories.",
    ),
}
