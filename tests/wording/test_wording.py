"""The controlled wording: a table of rules with their official Chinese and plain English.

The table is reviewed by hand: a change of wording changes the expected texts here, in
``docs/wording.md`` and in the golden documents.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from tests.wording.wording_cases import FACTS, compiled, rule_of, with_rule

from policydsl.language import nodes as n
from policydsl.language.functions import FUNCTIONS
from policydsl.language.units import UNITS
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.loading import loads
from policydsl.wording import phrases, sentences
from policydsl.wording.facts import derived_text
from policydsl.wording.quantities import chinese_number, number_text

ROOT = Path(__file__).resolve().parents[2]

# (rule, official Chinese, plain English)
TABLE = [
    (
        "加 5 分",
        "加5分。",
        "Add 5 points.",
    ),
    (
        "得 10 分",
        "得10分。",
        "Score 10 points.",
    ),
    (
        "扣 2.5 分",
        "扣2.5分。",
        "Deduct 2.5 points.",
    ),
    (
        "加 0 分",
        "不加分。",
        "Add nothing.",
    ),
    (
        "扣 0 分",
        "不扣分。",
        "Deduct nothing.",
    ),
    (
        "加 未载明",
        "加分（分值原文未载明）。",
        "Add points (amount not stated).",
    ),
    (
        "扣 未载明（10 至 20 分）",
        "扣10至20分（具体分值原文未载明）。",
        "Deduct 10 to 20 points (amount not stated).",
    ),
    (
        "扣 （（体能成绩 + 面试成绩） ÷ 2） 分，最高 10 分",
        "扣分，分值为（体能成绩+面试成绩）÷2，最多扣10分。",
        "Deduct points equal to (体能成绩 + 面试成绩) ÷ 2, at most 10 points deducted.",
    ),
    (
        "加 （较小者（体能成绩，面试成绩）） 分",
        "加分，分值为体能成绩、面试成绩两者中较小者。",
        "Add points equal to the lesser of 体能成绩, 面试成绩.",
    ),
    (
        "加 （较大者（体能成绩，面试成绩，10 分）） 分",
        "加分，分值为体能成绩、面试成绩、10分中最大者。",
        "Add points equal to the greatest of 体能成绩, 面试成绩, 10 points.",
    ),
    (
        "加 （较小者（体能成绩，配偶 的 体能成绩）） 分",
        "加分，分值为夫妻两方中体能成绩较小者。",
        "Add points equal to the lesser 体能成绩 of the couple.",
    ),
    (
        "加 （体能成绩 × 70% + 面试成绩 × 30%） 分",
        "加分，分值为体能成绩×70%+面试成绩×30%。",
        "Add points equal to 体能成绩 × 70% + 面试成绩 × 30%.",
    ),
    (
        "酌情扣分",
        "酌情扣分。",
        "Deduct points at the assessor's discretion.",
    ),
    (
        "适当加分，最高 5 分",
        "酌情加分，最高得5分。",
        "Add points at the assessor's discretion, up to 5 points.",
    ),
    (
        "未载明",
        "计分标准（原文未载明）。",
        "The scoring standard is not stated.",
    ),
    (
        "未载明（0 至 20 分）",
        "计分标准（原文未载明，0至20分）。",
        "The scoring standard is not stated (0 to 20 points).",
    ),
    (
        "业务培训：未载明",
        "已开展业务培训的分值（原文未载明）。",
        "If 业务培训 applies, the points are not stated.",
    ),
    (
        "一票否决",
        "一票否决。",
        "The total is vetoed (0 points).",
    ),
    (
        "不得分",
        "本项不得分。",
        "The item scores nothing.",
    ),
    (
        "刑事犯罪记录：一票否决",
        "有刑事犯罪记录的，一票否决。",
        "If 刑事犯罪记录 applies, the total is vetoed (0 points).",
    ),
    (
        "非 持有居住证：不得分",
        "未持有居住证的，本项不得分。",
        "If 持有居住证 does not apply, the item scores nothing.",
    ),
    (
        "中共党员：冻结",
        "属中共党员的，积分冻结。",
        "If “party member” applies, the points are frozen.",
    ),
    (
        "居住证中止：暂时失效 6 个月",
        "居住证中止的，积分暂时失效6个月。",
        "If 居住证中止 applies, the points are suspended for 6 months.",
    ),
    (
        "刑事犯罪记录：永久失效",
        "有刑事犯罪记录的，积分永久失效。",
        "If 刑事犯罪记录 applies, the points are void for good.",
    ),
    (
        "重大传染病发生：清零",
        "发生重大传染病的，积分清零。",
        "If 重大传染病发生 applies, the points are set to zero.",
    ),
    (
        "未开展 业务培训：扣 5 分",
        "未开展业务培训的扣5分。",
        "If 业务培训 was not carried out, deduct 5 points.",
    ),
    (
        "未落实 业务培训：酌情扣分",
        "未落实业务培训的酌情扣分。",
        "If 业务培训 was not implemented, deduct points at the assessor's discretion.",
    ),
    (
        "未完成 业务培训：扣 5 分",
        "未完成业务培训的扣5分。",
        "If 业务培训 was not completed, deduct 5 points.",
    ),
    (
        "未达到 业务培训：扣 5 分",
        "未达到业务培训的扣5分。",
        "If 业务培训 was not reached, deduct 5 points.",
    ),
    (
        "未达标 业务培训：扣 5 分",
        "业务培训未达标的扣5分。",
        "If 业务培训 did not meet the standard, deduct 5 points.",
    ),
    (
        "未建立 业务培训：扣 5 分",
        "未建立业务培训的扣5分。",
        "If 业务培训 was not established, deduct 5 points.",
    ),
    (
        "未增长 业务培训：扣 5 分",
        "业务培训未增长的扣5分。",
        "If 业务培训 did not grow, deduct 5 points.",
    ),
    (
        "未整治 业务培训：扣 5 分",
        "未整治业务培训的扣5分。",
        "If 业务培训 was not rectified, deduct 5 points.",
    ),
    (
        "非 业务培训：扣 5 分",
        "未开展业务培训的扣5分。",
        "If 业务培训 does not apply, deduct 5 points.",
    ),
    (
        "非 居住证中止：加 1 分",
        "居住证未中止的加1分。",
        "If 居住证中止 does not apply, add 1 point.",
    ),
    (
        "非 紧缺岗位就业：加 1 分",
        "未在紧缺岗位就业的加1分。",
        "If 紧缺岗位就业 does not apply, add 1 point.",
    ),
    (
        "非 中共党员：加 1 分",
        "非中共党员的加1分。",
        "If “party member” does not apply, add 1 point.",
    ),
    (
        "非 重大传染病发生：加 1 分",
        "未发生重大传染病的加1分。",
        "If 重大传染病发生 does not apply, add 1 point.",
    ),
    (
        "非 区级推广：加 1 分",
        "未获区级推广的加1分。",
        "If 区级推广 does not apply, add 1 point.",
    ),
    (
        "业务培训 为 否：扣 5 分",
        "未开展业务培训的扣5分。",
        "If 业务培训 does not apply, deduct 5 points.",
    ),
    (
        "登记率 低于 95%：每 1 个百分点 扣 2 分，不足 1 个百分点 不计",
        "登记率低于95%的，每低1个百分点扣2分（不足1个百分点的不计）。",
        "If 登记率 is below 95%, deduct 2 points for each percentage point below (a part of 1 percentage point is not counted).",
    ),
    (
        "登记率 低于 95%：每 0.5 个百分点 扣 1 分，不足 0.5 个百分点 按比例计，最高 20 分",
        "登记率低于95%的，每低0.5个百分点扣1分（不足0.5个百分点的按比例计），最多扣20分。",
        "If 登记率 is below 95%, deduct 1 point for each 0.5 percentage points below (a part of 0.5 percentage points counts pro rata), at most 20 points deducted.",
    ),
    (
        "登记率 超过 上年登记率：每 1 个百分点 扣 5 分，不足 1 个百分点 按满计",
        "登记率超过上年登记率的，每超过1个百分点扣5分（不足1个百分点的按1个百分点计）。",
        "If 登记率 exceeds 上年登记率, deduct 5 points for each percentage point above (a part of 1 percentage point counts in full).",
    ),
    (
        "登记率 低于 95%：每 1 个百分点 扣 2 分，只计 超过 2 个百分点 部分",
        "登记率低于95%的，超过2个百分点的部分，每低1个百分点扣2分。",
        "If 登记率 is below 95%, deduct 2 points for each percentage point below beyond 2 percentage points.",
    ),
    (
        "登记率 低于 95%：每 1 个百分点 扣 2 分，从 第 3 次 起，最多 5 个百分点",
        "登记率低于95%的，从第3个百分点起，每低1个百分点扣2分，最多计5个百分点。",
        "If 登记率 is below 95%, deduct 2 points for each percentage point below, counted from number 3 on, at most 5 percentage points count.",
    ),
    (
        "报送篇数 不足 6 篇：每 1 篇 扣 2 分",
        "报送篇数不足6篇的，每少1篇扣2分。",
        "If 报送篇数 is short of 6 articles, deduct 2 points for each article short.",
    ),
    (
        "年龄 超过 60 岁：每 1 岁 扣 1 分",
        "年龄超过60周岁的，每大1岁扣1分。",
        "If 年龄 exceeds 60 years, deduct 1 point for each year older.",
    ),
    (
        "每 1 个百分点 登记率 加 1 分",
        "登记率每1个百分点加1分。",
        "Add 1 point for each percentage point of 登记率.",
    ),
    (
        "每 篇 录用信息篇数 加 2 分，最高 10 分",
        "每篇录用信息加2分，最高得10分。",
        "Add 2 points for each article of reports accepted, up to 10 points.",
    ),
    (
        "每 1 个小区 整治小区数 加 2 分",
        "每整治1个小区加2分。",
        "Add 2 points for each estate of 整治小区数.",
    ),
    (
        "每 项 未落实责任事项 扣 3 分",
        "未落实责任事项的，每项扣3分。",
        "Deduct 3 points for each item of 未落实责任事项.",
    ),
    (
        "每 项 不达标措施 酌情扣分",
        "每项不达标措施酌情扣分。",
        "Deduct points at the assessor's discretion for each item of 不达标措施.",
    ),
    (
        "每 1 次 行政处罚次数 扣 10 分，从 第 3 次 起，最高 30 分",
        "行政处罚从第3次起，每1次扣10分，最多扣30分。",
        "Deduct 10 points for each occurrence of 行政处罚次数, counted from number 3 on, at most 30 points deducted.",
    ),
    (
        "每 1 次 行政处罚次数 扣 10 分，只计 超过 2 次 部分",
        "行政处罚超过2次的部分，每1次扣10分。",
        "Deduct 10 points for each occurrence of 行政处罚次数 beyond 2 times.",
    ),
    (
        "每 1 次 行政处罚次数 扣 10 分，最多 3 次",
        "每1次行政处罚扣10分，最多计3次。",
        "Deduct 10 points for each occurrence of 行政处罚次数, at most 3 times count.",
    ),
    (
        "每 5 人 培训人数 加 1 分",
        "培训人数每5人加1分。",
        "Add 1 point for each 5 persons of 培训人数.",
    ),
    (
        "每 1 个月 社保月数 加 0.5 分，最高 30 分",
        "社保月数每1个月加0.5分，最高得30分。",
        "Add 0.5 points for each month of 社保月数, up to 30 points.",
    ),
    (
        "每 1 年 社保月数 加 6 分，不足 1 年 不计",
        "社保月数每满1年加6分（不足1年的不计）。",
        "Add 6 points for each full year of 社保月数 (a part of 1 year is not counted).",
    ),
    (
        "每 20 小时 服务时长 加 1 分，不足 20 小时 不计，最高 15 分",
        "服务时长每满20小时加1分（不足20小时的不计），最高得15分。",
        "Add 1 point for each full 20 hours of 服务时长 (a part of 20 hours is not counted), up to 15 points.",
    ),
    (
        "每 1 万元 年纳税额 加 未载明",
        "年纳税额每1万元加分（分值原文未载明）。",
        "Add points (amount not stated) for each 10,000 yuan of 年纳税额.",
    ),
    (
        "持有居住证：每 1 个月 社保月数 加 0.5 分",
        "持有居住证的，社保月数每1个月加0.5分。",
        "If 持有居住证 applies, add 0.5 points for each month of 社保月数.",
    ),
    (
        "每 1 个月 配偶 的 社保月数 加 0.5 分",
        "配偶的社保月数每1个月加0.5分。",
        "Add 0.5 points for each month of spouse's 社保月数.",
    ),
    (
        "每 项 录用信息篇数 扣 （系数 × 2） 分",
        "每项录用信息扣分，分值为系数×2。",
        "Deduct points equal to 系数 × 2 for each item of reports accepted.",
    ),
    (
        "加 30 分，减半",
        "加30分，减半计算。",
        "Add 30 points, halved.",
    ),
    (
        "加 30 分，按 70% 计，四舍五入 到 2 位",
        "加30分，按70%计算，四舍五入保留两位小数。",
        "Add 30 points, counted at 70%, rounded half up to 2 decimal places.",
    ),
    (
        "加 30 分，舍去",
        "加30分，舍去尾数取整数。",
        "Add 30 points, rounded down to whole points.",
    ),
    (
        "加 30 分，进一 到 1 位，最低 3 分",
        "加30分，进一保留一位小数，最低得3分。",
        "Add 30 points, rounded up to 1 decimal place, at least 3 points.",
    ),
    (
        "扣 30 分，四舍五入 到 0.5 分，最低 3 分",
        "扣30分，四舍五入至0.5分的整数倍，最少扣3分。",
        "Deduct 30 points, rounded half up to a multiple of 0.5 points, at least 3 points deducted.",
    ),
    (
        "按 文化程度 取分 { 本科 以上：10 分 大专：8 分 其他：0 分 }",
        "按文化程度计分：本科及以上得10分，大专得8分，其他不得分。",
        "By 文化程度: 本科 or above: score 10 points; 大专: score 8 points; otherwise: score nothing.",
    ),
    (
        "按 文化程度 取分 { 高中 以下：5 分 大专、本科：未载明 }",
        "按文化程度计分：高中及以下得5分，大专、本科分值（原文未载明）。",
        "By 文化程度: 高中 or below: score 5 points; 大专, 本科: the points are not stated.",
    ),
    (
        "按 年龄 取分 { 不足 18 岁：0 分 18 至 40 岁：20 分 超过 60 岁：未载明 }",
        "按年龄计分：不足18周岁的不得分，18至40周岁的得20分，超过60周岁的分值（原文未载明）。",
        "By 年龄: short of 18 years: score nothing; 18 to 40 years: score 20 points; more than 60 years: the points are not stated.",
    ),
    (
        "按 年龄 取分 { 18 岁 以上 不足 40 岁：20 分 40 岁 以上：10 分，减半 }",
        "按年龄计分：18周岁以上不足40周岁的得20分；40周岁以上的，得10分，减半计算。",
        "By 年龄: 18 years or more, short of 40 years: score 20 points; 40 years or more: score 10 points, halved.",
    ),
    (
        "按 年龄 取分 { 超过 18 岁 不超过 40 岁：扣 20 分 其他：酌情扣分 }",
        "按年龄计分：超过18周岁不超过40周岁的扣20分，其他酌情扣分。",
        "By 年龄: more than 18 years and not more than 40 years: deduct 20 points; otherwise: deduct points at the assessor's discretion.",
    ),
    (
        "按 登记率 取分 { 90% 至 95%：5 分 达到 95%：10 分 低于 90%：不得分 }",
        "按登记率计分：90%至95%的得5分，达到95%的得10分，低于90%的本项不得分。",
        "By 登记率: 90% to 95%: score 5 points; from 95%: score 10 points; below 90%: the item scores nothing.",
    ),
    (
        "按 住房 取分 { 自有：10 分 租赁：5 分 无：0 分 }，最高 8 分",
        "按住房计分，最高得8分：自有得10分，租赁得5分，无的不得分。",
        "By 住房, up to 8 points: 自有: score 10 points; 租赁: score 5 points; 无: score nothing.",
    ),
    (
        "按 报送篇数 取分 { 10 篇 以上：每 1 篇 报送篇数 加 1 分，最高 20 分 其他：0 分 }",
        "按报送篇数计分：10篇以上的，每1篇报送加1分，最高得20分；其他不得分。",
        "By 报送篇数: 10 articles or more: add 1 point for each article of 报送篇数, up to 20 points; otherwise: score nothing.",
    ),
    (
        "按 文化程度 与 年龄 取分 { 列 ｜ 不足 35 岁 ｜ 35 岁 以上 本科 以上 ｜ 10 分 ｜ 5 分 其他 ｜ 3 分 ｜ 未载明 }",
        "按文化程度和年龄对照计分：\n文化程度＼年龄｜不足35周岁｜35周岁以上\n本科及以上｜10分｜5分\n其他｜3分｜（原文未载明）",
        "By 文化程度 and 年龄:\n文化程度 \\ 年龄 | short of 35 years | 35 years or more\n本科 or above | 10 points | 5 points\notherwise | 3 points | not stated",
    ),
    (
        "持有居住证：按 文化程度 与 年龄 取分 { 列 ｜ 不足 35 岁 ｜ 其他 本科 ｜ 10 分 ｜ 5 分 }",
        "持有居住证的，按文化程度和年龄对照计分：\n文化程度＼年龄｜不足35周岁｜其他\n本科｜10分｜5分",
        "If 持有居住证 applies, by 文化程度 and 年龄:\n文化程度 \\ 年龄 | short of 35 years | otherwise\n本科 | 10 points | 5 points",
    ),
    (
        "取高 { 区级推广：加 10 分 市级推广：加 20 分 省级推广：加 30 分 }",
        "获区、市、省级推广的分别加10分、20分、30分，以最高一项计。",
        "The highest of the following counts: (1) if 区级推广 applies, add 10 points; (2) if 市级推广 applies, add 20 points; (3) if 省级推广 applies, add 30 points.",
    ),
    (
        "取高 { 区级推广：加 10 分，减半 市级推广：加 20 分，减半 }，最高 12 分",
        "获区、市级推广的分别加10分、20分，减半计算，以最高一项计，最高得12分。",
        "The highest of the following counts, up to 12 points: (1) if 区级推广 applies, add 10 points, halved; (2) if 市级推广 applies, add 20 points, halved.",
    ),
    (
        "取高 { 业务培训：加 10 分 每 1 个月 社保月数 加 0.5 分，最高 30 分 }",
        "下列各项以最高一项计：已开展业务培训的加10分；社保月数每1个月加0.5分，最高得30分。",
        "The highest of the following counts: (1) if 业务培训 applies, add 10 points; (2) add 0.5 points for each month of 社保月数, up to 30 points.",
    ),
    (
        "取低 { 登记率 低于 95%：扣 5 分 登记率 低于 90%：扣 10 分 }",
        "下列各项以扣分最多的一项计：登记率低于95%的扣5分；登记率低于90%的扣10分。",
        "The largest deduction of the following counts: (1) if 登记率 is below 95%, deduct 5 points; (2) if 登记率 is below 90%, deduct 10 points.",
    ),
    (
        "取高 { 登记率 低于 95%：扣 5 分 每 1 次 献血次数 扣 3 分 }，最高 4 分",
        "下列各项以扣分最少的一项计，最多扣4分：登记率低于95%的扣5分；每献血1次扣3分。",
        "The smallest deduction of the following counts, at most 4 points deducted: (1) if 登记率 is below 95%, deduct 5 points; (2) deduct 3 points for each occurrence of 献血次数.",
    ),
    (
        "取低 { 加 1 分 扣 3 分 }",
        "下列各项以最低一项计：加1分；扣3分。",
        "The lowest of the following counts: (1) add 1 point; (2) deduct 3 points.",
    ),
    (
        "累计 { 持有居住证：加 1 分 取高 { 业务培训：加 2 分 中共党员：加 3 分 } }，最高 4 分，四舍五入",
        "下列各项累计计分，最高得4分，四舍五入取整数：（1）持有居住证的加1分；（2）下列各项以最高一项计：已开展业务培训的加2分；属中共党员的加3分。",
        "The following add up, up to 4 points, rounded half up to whole points: (1) if 持有居住证 applies, add 1 point; (2) the highest of the following counts: (a) if 业务培训 applies, add 2 points; (b) if “party member” applies, add 3 points.",
    ),
    (
        "取高 { 按 文化程度 与 年龄 取分 { 列 ｜ 不足 35 岁 ｜ 其他 本科 ｜ 10 分 ｜ 5 分 } 加 1 分 }",
        "下列各项以最高一项计：（1）按文化程度和年龄对照计分：本科的，不足35周岁的得10分，其他的得5分；（2）加1分。",
        "The highest of the following counts: (1) by 文化程度 and 年龄: 本科: short of 35 years 10 points, otherwise 5 points; (2) add 1 point.",
    ),
    (
        "年龄 18 至 40 岁：加 1 分",
        "年龄在18至40周岁的加1分。",
        "If 年龄 is 18 to 40 years, add 1 point.",
    ),
    (
        "年龄 18 岁 以上：加 1 分",
        "年龄在18周岁以上的加1分。",
        "If 年龄 is 18 years or more, add 1 point.",
    ),
    (
        "年龄 18 岁 以下：加 1 分",
        "年龄在18周岁以下的加1分。",
        "If 年龄 is 18 years or less, add 1 point.",
    ),
    (
        "年龄 18 岁 以上 不足 40 岁：加 1 分",
        "年龄在18周岁以上不足40周岁的加1分。",
        "If 年龄 is 18 years or more, short of 40 years, add 1 point.",
    ),
    (
        "登记率 达到 95%：加 1 分",
        "登记率达到95%的加1分。",
        "If 登记率 reaches 95%, add 1 point.",
    ),
    (
        "登记率 不低于 95%：加 1 分",
        "登记率不低于95%的加1分。",
        "If 登记率 is not below 95%, add 1 point.",
    ),
    (
        "培训人数 不少于 1.2万 人：加 1 分",
        "培训人数不少于1.2万人的加1分。",
        "If 培训人数 is no fewer than 12,000 persons, add 1 point.",
    ),
    (
        "登记率 不高于 95%：加 1 分",
        "登记率不高于95%的加1分。",
        "If 登记率 is not above 95%, add 1 point.",
    ),
    (
        "年龄 不超过 60 岁：加 1 分",
        "年龄不超过60周岁的加1分。",
        "If 年龄 does not exceed 60 years, add 1 point.",
    ),
    (
        "年龄 不满 18 岁：加 1 分",
        "年龄不满18周岁的加1分。",
        "If 年龄 is under 18 years, add 1 point.",
    ),
    (
        "登记率 高于 95%：加 1 分",
        "登记率高于95%的加1分。",
        "If 登记率 is above 95%, add 1 point.",
    ),
    (
        "年龄 > 60 岁：加 1 分",
        "年龄超过60周岁的加1分。",
        "If 年龄 exceeds 60 years, add 1 point.",
    ),
    (
        "登记率 <= 95%：加 1 分",
        "登记率不高于95%的加1分。",
        "If 登记率 is not above 95%, add 1 point.",
    ),
    (
        "登记日期 早于 2022-04-06：加 1 分",
        "登记日期早于2022年4月6日的加1分。",
        "If 登记日期 is earlier than 6 April 2022, add 1 point.",
    ),
    (
        "登记日期 晚于 2022-04-06：加 1 分",
        "登记日期晚于2022年4月6日的加1分。",
        "If 登记日期 is later than 6 April 2022, add 1 point.",
    ),
    (
        "登记日期 ≤ 2022-04-06：加 1 分",
        "登记日期不晚于2022年4月6日的加1分。",
        "If 登记日期 is not later than 6 April 2022, add 1 point.",
    ),
    (
        "文化程度 为 本科：加 1 分",
        "文化程度为本科的加1分。",
        "If 文化程度 is 本科, add 1 point.",
    ),
    (
        "文化程度 为 大专、本科：加 1 分",
        "文化程度为大专、本科的加1分。",
        "If 文化程度 is 大专 or 本科, add 1 point.",
    ),
    (
        "文化程度 不为 初中、高中：加 1 分",
        "文化程度不为初中、高中的加1分。",
        "If 文化程度 is not 初中 or 高中, add 1 point.",
    ),
    (
        "文化程度 不低于 大专：加 1 分",
        "文化程度不低于大专的加1分。",
        "If 文化程度 is not below 大专, add 1 point.",
    ),
    (
        "已提供 登记率：加 1 分",
        "已提供登记率的加1分。",
        "If 登记率 was handed in, add 1 point.",
    ),
    (
        "未提供 登记率：不得分",
        "未提供登记率的，本项不得分。",
        "If 登记率 was not handed in, the item scores nothing.",
    ),
    (
        "情形未载明：扣 未载明",
        "存在规定情形（原文未载明）的，扣分（分值原文未载明）。",
        "If a case that the text does not state occurs, deduct points (amount not stated).",
    ),
    (
        "持有居住证 且 登记率 低于 95%：加 1 分",
        "持有居住证且登记率低于95%的，加1分。",
        "If 持有居住证 applies and 登记率 is below 95%, add 1 point.",
    ),
    (
        "持有居住证 或 中共党员：加 1 分",
        "持有居住证或者属中共党员的，加1分。",
        "If 持有居住证 applies or “party member” applies, add 1 point.",
    ),
    (
        "持有居住证 或 中共党员 或 业务培训：加 1 分",
        "持有居住证、属中共党员或者已开展业务培训的，加1分。",
        "If 持有居住证 applies or “party member” applies or 业务培训 applies, add 1 point.",
    ),
    (
        "持有居住证 且 登记率 低于 95% 或 中共党员：加 1 分",
        "持有居住证且登记率低于95%，或者属中共党员的，加1分。",
        "If (持有居住证 applies and 登记率 is below 95%) or “party member” applies, add 1 point.",
    ),
    (
        "持有居住证 且 （中共党员 或 业务培训）：加 1 分",
        "持有居住证，并且属中共党员或者已开展业务培训的，加1分。",
        "If 持有居住证 applies and (“party member” applies or 业务培训 applies), add 1 point.",
    ),
    (
        "（持有居住证 或 业务培训 且 （中共党员 或 区级推广）） 且 年龄 超过 18 岁：加 1 分",
        "持有居住证或者（已开展业务培训且（属中共党员或者获区级推广）），并且年龄超过18周岁的，加1分。",
        "If (持有居住证 applies or (业务培训 applies and (“party member” applies or 区级推广 applies))) and 年龄 exceeds 18 years, add 1 point.",
    ),
    (
        "非 （持有居住证 且 中共党员）：加 1 分",
        "不属于“持有居住证且属中共党员”情形的加1分。",
        "If it is not the case that (持有居住证 applies and “party member” applies), add 1 point.",
    ),
    (
        "非 登记率 低于 95%：加 1 分",
        "登记率不低于95%的加1分。",
        "If 登记率 is not below 95%, add 1 point.",
    ),
    (
        "配偶 的 持有居住证：加 1 分",
        "配偶持有居住证的加1分。",
        "If “spouse's 持有居住证” applies, add 1 point.",
    ),
    (
        "配偶 的 年龄 不足 40 岁：加 1 分",
        "配偶的年龄不足40周岁的加1分。",
        "If spouse's 年龄 is short of 40 years, add 1 point.",
    ),
    (
        "周岁（出生日期，评定日） 不满 35 岁：加 1 分",
        "出生日期至评定日的周岁数不满35周岁的加1分。",
        "If age in full years from 出生日期 to 评定日 is under 35 years, add 1 point.",
    ),
    (
        "整月数（登记日期，评定日） 达到 12 个月：加 1 分",
        "登记日期至评定日的整月数达到12个月的加1分。",
        "If full months from 登记日期 to 评定日 reaches 12 months, add 1 point.",
    ),
    (
        "整年数（登记日期，评定日） 达到 3 年：加 1 分",
        "登记日期至评定日的整年数达到3年的加1分。",
        "If full years from 登记日期 to 评定日 reaches 3 years, add 1 point.",
    ),
    (
        "天数（登记日期，评定日） 超过 30 日：加 1 分",
        "登记日期至评定日的天数超过30日的加1分。",
        "If days from 登记日期 to 评定日 exceeds 30 days, add 1 point.",
    ),
    (
        "家庭合计（社保月数） 达到 24 个月：加 1 分",
        "家庭成员社保月数合计达到24个月的加1分。",
        "If sum over the household of 社保月数 reaches 24 months, add 1 point.",
    ),
    (
        "家庭最高（体能成绩） 达到 60 分：加 1 分",
        "家庭成员体能成绩最高值达到60分的加1分。",
        "If highest in the household of 体能成绩 reaches 60 points, add 1 point.",
    ),
    (
        "家庭最低（体能成绩） 达到 60 分：加 1 分",
        "家庭成员体能成绩最低值达到60分的加1分。",
        "If lowest in the household of 体能成绩 reaches 60 points, add 1 point.",
    ),
    (
        "家庭人数（持有居住证） 不少于 2 人：加 1 分",
        "家庭成员中持有居住证的人数不少于2人的加1分。",
        "If number in the household with: 持有居住证 applies is no fewer than 2 persons, add 1 point.",
    ),
    (
        "家庭任一（中共党员）：加 1 分",
        "家庭成员中有人属中共党员的加1分。",
        "If for somebody in the household, “party member” applies, add 1 point.",
    ),
    (
        "取整（系数 × 2） 达到 3：加 1 分",
        "（系数×2）（向下取整）达到3的，加1分。",
        "If (系数 × 2) (rounded down) reaches 3, add 1 point.",
    ),
    (
        "向上取整（系数） 达到 3：加 1 分",
        "系数（向上取整）达到3的，加1分。",
        "If 系数 (rounded up) reaches 3, add 1 point.",
    ),
    (
        "绝对值（登记率 − 上年登记率） 超过 5 个百分点：加 1 分",
        "（登记率-上年登记率）的绝对值超过5个百分点的，加1分。",
        "If the absolute value of (登记率 - 上年登记率) exceeds 5 percentage points, add 1 point.",
    ),
    (
        "取值（持有居住证，社保月数，12 个月） 达到 24 个月：加 1 分",
        "（社保月数（持有居住证的），其他情形为12个月）达到24个月的，加1分。",
        "If (社保月数 if 持有居住证 applies, else 12 months) reaches 24 months, add 1 point.",
    ),
    (
        "加 （登记率 × 10） 分",
        "加分，分值为登记率×10。",
        "Add points equal to 登记率 × 10.",
    ),
    (
        "年纳税额 达到 10 万元：加 1 分",
        "年纳税额达到10万元的加1分。",
        "If 年纳税额 reaches 100,000 yuan, add 1 point.",
    ),
    (
        "得 （服务时长 ÷ 20 小时） 分",
        "得分，分值为服务时长÷20小时。",
        "Score points equal to 服务时长 ÷ 20 hours.",
    ),
    (
        "扣 （体能成绩 − （面试成绩 − 10 分）） 分",
        "扣分，分值为体能成绩-（面试成绩-10分）。",
        "Deduct points equal to 体能成绩 - (面试成绩 - 10 points).",
    ),
    (
        "加 （−体能成绩） 分",
        "加分，分值为-体能成绩。",
        "Add points equal to -体能成绩.",
    ),
    (
        "业务培训：加 1 分",
        "已开展业务培训的加1分。",
        "If 业务培训 applies, add 1 point.",
    ),
    (
        "优秀志愿者：加 1 分",
        "优秀志愿者的加1分。",
        "If 优秀志愿者 applies, add 1 point.",
    ),
    (
        "非 优秀志愿者：加 1 分",
        "非优秀志愿者的加1分。",
        "If 优秀志愿者 does not apply, add 1 point.",
    ),
    (
        "非 已婚：加 1 分",
        "未婚的加1分。",
        "If 已婚 does not apply, add 1 point.",
    ),
    (
        "非 未就业：加 1 分",
        "并非未就业的加1分。",
        "If 未就业 does not apply, add 1 point.",
    ),
    (
        "已婚 为 是：加 1 分",
        "已婚的加1分。",
        "If 已婚 applies, add 1 point.",
    ),
    (
        "已婚 不为 是：加 1 分",
        "未婚的加1分。",
        "If 已婚 does not apply, add 1 point.",
    ),
    (
        "每 1 次 献血次数 加 1 分",
        "每献血1次加1分。",
        "Add 1 point for each occurrence of 献血次数.",
    ),
    (
        "每 1 次 行政处罚次数 酌情扣分，最高 30 分",
        "每1次行政处罚酌情扣分，最多扣30分。",
        "Deduct points at the assessor's discretion for each occurrence of 行政处罚次数, at most 30 points deducted.",
    ),
    (
        "按 登记日期 取分 { 早于 2020-01-01：10 分 2020-01-01 至 2021-12-31：5 分 晚于 2021-12-31：0 分 }",
        "按登记日期计分：早于2020年1月1日的得10分，2020年1月1日至2021年12月31日的得5分，晚于2021年12月31日的不得分。",
        "By 登记日期: earlier than 1 January 2020: score 10 points; 1 January 2020 to 31 December 2021: score 5 points; later than 31 December 2021: score nothing.",
    ),
    (
        "按 已婚 取分 { 是：5 分 否：0 分 }",
        "按已婚计分：是的得5分，否的不得分。",
        "By 已婚: yes: score 5 points; no: score nothing.",
    ),
    (
        "按 年龄 取分 { 18 至 40 岁、60 岁 以上：5 分 }",
        "按年龄计分：18至40周岁、60周岁以上的得5分。",
        "By 年龄: 18 to 40 years, 60 years or more: score 5 points.",
    ),
    (
        "按 社保月数 取分 { 12 个月 以下：1 分 达到 1 年：2 分 }",
        "按社保月数计分：12个月以下的得1分，达到1年的得2分。",
        "By 社保月数: 12 months or less: score 1 point; from 1 year: score 2 points.",
    ),
    (
        "登记日期 ≥ 2022-04-06：加 1 分",
        "登记日期不早于2022年4月6日的加1分。",
        "If 登记日期 is not earlier than 6 April 2022, add 1 point.",
    ),
    (
        "文化程度 不高于 大专：加 1 分",
        "文化程度不高于大专的加1分。",
        "If 文化程度 is not above 大专, add 1 point.",
    ),
    (
        "登记率 等于 95%：加 1 分",
        "登记率为95%的加1分。",
        "If 登记率 is 95%, add 1 point.",
    ),
    (
        "登记率 不为 95%：加 1 分",
        "登记率不为95%的加1分。",
        "If 登记率 is not 95%, add 1 point.",
    ),
    (
        "社保月数 达到 1 年：加 1 分",
        "社保月数达到1年的加1分。",
        "If 社保月数 reaches 1 year, add 1 point.",
    ),
    (
        "社保月数 达到 12 个月：加 1 分",
        "社保月数达到12个月的加1分。",
        "If 社保月数 reaches 12 months, add 1 point.",
    ),
    (
        "非 （文化程度 为 大专、本科）：加 1 分",
        "文化程度不为大专、本科的加1分。",
        "If 文化程度 is not 大专 or 本科, add 1 point.",
    ),
    (
        "非 已提供 登记率：加 1 分",
        "未提供登记率的加1分。",
        "If 登记率 was not handed in, add 1 point.",
    ),
    (
        "非 （非 持有居住证）：加 1 分",
        "持有居住证的加1分。",
        "If 持有居住证 applies, add 1 point.",
    ),
    (
        "非 情形未载明：加 1 分",
        "不属于“存在规定情形（原文未载明）”情形的，加1分。",
        "If it is not the case that a case that the text does not state occurs, add 1 point.",
    ),
    (
        "登记率 95% 至 98%：加 1 分",
        "登记率在95%至98%的加1分。",
        "If 登记率 is 95% to 98%, add 1 point.",
    ),
    (
        "未提供 登记率 且 已提供 年龄：不得分",
        "未提供登记率且已提供年龄的，本项不得分。",
        "If 登记率 was not handed in and 年龄 was handed in, the item scores nothing.",
    ),
    (
        "年龄 18 岁 以上 低于 40 岁：加 1 分",
        "年龄在18周岁以上低于40周岁的加1分。",
        "If 年龄 is 18 years or more, below 40 years, add 1 point.",
    ),
    (
        "每 1 分 体能成绩 加 0.5 分",
        "体能成绩每1分加0.5分。",
        "Add 0.5 points for each point of 体能成绩.",
    ),
]


@pytest.mark.parametrize(("rule", "zh", "en"), TABLE, ids=[row[0] for row in TABLE])
def test_rule_text(rule: str, zh: str, en: str):
    policy = with_rule(rule)
    assert sentences.rule_text(rule_of(policy), policy) == zh
    assert sentences.rule_text(rule_of(policy), policy, "en") == en


# -- the table covers the language ------------------------------------------------------


def rules_of_table() -> list[r.Rule]:
    return [inner for row in TABLE for inner in r.nested(rule_of(with_rule(row[0])))]


def test_every_action_and_modifier_is_in_the_table():
    rules = rules_of_table()
    assert {type(x.action) for x in rules} == set(get_args(r.Action))
    assert {type(x) for rule in rules for x in rule.modifiers} == set(get_args(r.Modifier))
    points = {type(x.action.points) for x in rules if isinstance(x.action, r.Flat)}
    assert points == set(get_args(r.Points))
    statuses = {x.action.status for x in rules if isinstance(x.action, r.SetStatus)}
    assert statuses == set(get_args(r.Status))
    steps = [x.action for x in rules if isinstance(x.action, r.PerStep)]
    assert {x.partial for x in steps} == {"whole", "pro_rata", "full"}
    assert any(x.beyond for x in steps)
    assert any(x.skip for x in steps)
    assert any(x.most for x in steps)
    assert any(x.points is None for x in steps)
    assert {x.action.how for x in rules if isinstance(x.action, r.Combined)} == {
        "best", "least", "sum",
    }  # fmt: skip
    rounding = [x for rule in rules for x in rule.modifiers if isinstance(x, r.RoundTo)]
    assert {x.mode for x in rounding} == {"half_up", "down", "up"}


def test_every_condition_is_in_the_table():
    rules = rules_of_table()
    parts = [x for rule in rules for x in (rule.condition, rule.action)]
    expressions = [x for part in parts for x in _expressions(part)]
    # scores stand in rankings and blends, never in rules
    assert {type(x) for x in expressions} == set(get_args(e.Expr)) - {e.ScoreRef}
    functions = {x.name for x in expressions if isinstance(x, e.Func)}
    functions |= {f"household_{x.name}" for x in expressions if isinstance(x, e.Aggregate)}
    assert functions == set(FUNCTIONS)
    nodes = [x for rule in rules if rule.node is not None for x in n.walk(rule.node)]
    assert {x.word for x in nodes if isinstance(x, n.NotDone)} == set(phrases.NOT_DONE_WORDS)
    words = {x.word for x in nodes if isinstance(x, n.Compare)}
    assert set(phrases.COMPARISON_WORDS) - {"EQUALS", "NOT_EQUALS"} <= words
    kinds = {x.kind for x in nodes if isinstance(x, n.Pattern)}
    assert kinds == {
        "OTHERWISE", "EXACTLY", "OR_MORE", "OR_LESS", "TO", "FROM_BELOW", "BEYOND", "BEYOND_BOTH",
    }  # fmt: skip


def _expressions(part: object) -> list[e.Expr]:
    """The expressions of a condition or anywhere inside an action."""
    if isinstance(part, (r.Tiers, r.Combined)):
        return []  # their inner rules are in the list themselves
    if isinstance(part, e.Expr):
        return list(e.walk(part))
    if dataclasses.is_dataclass(part) and not isinstance(part, n.Node):
        values = [getattr(part, field.name) for field in dataclasses.fields(part)]
        return [x for value in values for x in _expressions(value)]
    if isinstance(part, tuple):
        return [x for value in part for x in _expressions(value)]
    return []


def test_every_phrase_is_used():
    """A phrase that nothing says would be untested wording."""
    folder = ROOT / "src" / "policydsl" / "wording"
    source = "".join(
        path.read_text("utf-8") for path in folder.glob("*.py") if path.name != "phrases.py"
    )
    made = set(re.findall(r'f"((?:[a-z_]*\{[^"{}]+\}[a-z_]*)+)"', source))
    patterns = [re.compile(re.sub(r"\{[^{}]+\}", "[a-z_]+", text)) for text in made]
    unused = [
        key
        for key in phrases.PHRASES
        if f'"{key}"' not in source and not any(p.fullmatch(key) for p in patterns)
    ]
    assert unused == []


# -- rules made by programs ------------------------------------------------------------------


def test_a_rule_without_its_text_reads_the_same():
    """What words a rule is the model; the tree only lends it flavour."""
    same = 0
    for rule, zh, _ in TABLE:
        policy = with_rule(rule)
        bare = _without_nodes(rule_of(policy))
        text = sentences.rule_text(bare, policy)
        same += text == zh
        if "÷ 20 小时" in rule:
            continue  # a bare divisor of the model may have had a unit or not
        # 70% is the number 0.7 to the model
        figures = {x * y for x in _numbers(text) for y in (1, 100)}
        assert figures >= _numbers(zh) - {Fraction(1)}, rule
    # 不满 and 低于, 得 and 加, 12个月 and 1年 are one to the model
    assert same > len(TABLE) * 0.6


def _without_nodes(rule: r.Rule) -> r.Rule:
    action = rule.action
    if isinstance(action, r.Tiers):
        tiers = tuple(_without_nodes(x) for x in action.tiers)
        action = dataclasses.replace(action, tiers=tiers)
    elif isinstance(action, r.Combined):
        rules = tuple(_without_nodes(x) for x in action.rules)
        action = dataclasses.replace(action, rules=rules)
    return dataclasses.replace(rule, action=action, node=None)


def _numbers(text: str) -> set[Fraction]:
    """The figures of a text; 1年 and 12个月 count as one."""
    years = re.findall(r"(\d+)年(?!\d+月)", text)
    found = re.findall(r"\d+(?:\.\d+)?", re.sub(r"\d+年(?!\d+月)", "", text))
    return {Fraction(x) for x in found} | {Fraction(x) * 12 for x in years}


def test_a_changed_figure_is_what_is_said():
    """A sweep replaces figures and keeps the node; the text follows the figures."""
    policy = with_rule("登记率 低于 95%：每 1 个百分点 扣 2 分，不足 1 个百分点 不计，最高 20 分")
    rule = rule_of(policy)
    assert isinstance(rule.action, r.PerStep)
    assert isinstance(rule.condition, e.Compared)
    condition = e.Compared("<", rule.condition.left, e.Const(Fraction(90)))
    action = dataclasses.replace(
        rule.action,
        subject=e.Arith("-", e.Const(Fraction(90)), rule.condition.left),
        step=Fraction(2),
        points=r.FixedPoints(Fraction(3)),
    )
    changed = dataclasses.replace(
        rule, condition=condition, action=action, modifiers=(r.PointsCap(Fraction(12)),)
    )
    assert sentences.rule_text(changed, policy) == (
        "登记率低于90%的，每低2个百分点扣3分（不足2个百分点的不计），最多扣12分。"
    )


def test_a_changed_comparison_is_what_is_said():
    policy = with_rule("年龄 不满 18 岁：加 1 分")
    rule = rule_of(policy)
    assert isinstance(rule.condition, e.Compared)
    condition = dataclasses.replace(rule.condition, operator=">")
    changed = dataclasses.replace(rule, condition=condition)
    assert sentences.rule_text(changed, policy) == "年龄超过18周岁的加1分。"


def test_a_changed_tier_is_what_is_said():
    policy = with_rule("按 年龄 取分 { 不足 18 岁：0 分 其他：5 分 }")
    rule = rule_of(policy)
    assert isinstance(rule.action, r.Tiers)
    first, other = rule.action.tiers
    assert isinstance(first.condition, e.Compared)
    turned = dataclasses.replace(first.condition, operator=">=", right=e.Const(Fraction(60)))
    action = dataclasses.replace(
        rule.action, tiers=(dataclasses.replace(first, condition=turned), other)
    )
    changed = dataclasses.replace(rule, action=action)
    assert sentences.rule_text(changed, policy) == ("按年龄计分：不少于60周岁的不得分，其他得5分。")


def test_a_condition_on_its_own():
    policy = with_rule("未开展 业务培训 或 登记率 低于 95%：扣 5 分")
    rule = rule_of(policy)
    assert rule.condition is not None
    node = rule.node.condition if isinstance(rule.node, n.Rule) else None
    text = sentences.condition_text(rule.condition, policy, node=node)
    assert text == "未开展业务培训或者登记率低于95%"
    assert sentences.condition_text(rule.condition, policy, "en", node) == (
        "业务培训 was not carried out or 登记率 is below 95%"
    )


def test_unknown_facts_still_have_their_names():
    """A condition over facts of another document: no unit, but no failure either."""
    policy = with_rule("加 1 分")
    expr = e.Compared("<", e.FactRef("别处的数"), e.Const(Fraction(3)))
    assert sentences.condition_text(expr, policy) == "别处的数不足3"


# -- clauses -------------------------------------------------------------------------------


def clause_of(text: str, id_: str, kind: str = "积分") -> tuple[m.Clause, m.Policy]:
    policy = compiled(f"{kind} 样例 “样例” {{ {text} {FACTS} }}")
    return policy.clauses[id_], policy


CLAUSES = [
    (
        "指标 甲 满分 20 分 审核 自动、材料 责任单位 公安局、教育局 英文 “A” { 加 5 分 出处 “附件1 第1项” }",
        "甲",
        "甲（满分20分；自动、材料审核；责任单位：公安局、教育局）：加5分。出处：附件1第1项。",
        "A (full marks 20 points; review: 自动, 材料; responsible: 公安局, 教育局): Add 5 points. Source: 附件1 第1项.",
    ),
    (
        "指标 甲 上限 30 分 下限 5 分 起评 10 分 舍入 四舍五入 到 1 位 出处 “附件1 第1项” { 加 5 分 }",
        "甲",
        "甲（最高30分；最低5分；起评10分；得分四舍五入保留一位小数）：加5分。出处：附件1第1项。",
        "甲 (at most 30 points; at least 5 points; starts at 10 points; "
        "score rounded half up to 1 decimal place): Add 5 points. Source: 附件1 第1项.",
    ),
    (
        "指标 甲 满分 未载明（10 至 20 分） 上限 未载明 下限 未载明 起评 未载明 { 未载明 }",
        "甲",
        "甲（满分10至20分（原文未载明）；最高分原文未载明；最低分原文未载明；起评分原文未载明）："
        "计分标准（原文未载明）。",
        "甲 (full marks 10 to 20 points (not stated); cap not stated; floor not stated; "
        "start not stated): The scoring standard is not stated.",
    ),
    (
        "指标 甲 满分 10 分 起评 满分 牵头单位 公安局 适用 持有居住证 { 未开展 业务培训：扣 5 分 目标 登记率 达到 95% 说明 “年末” }",
        "甲",
        "甲（满分10分；满分起评；牵头单位：公安局）：未开展业务培训的扣5分。"
        "工作目标：登记率达到95%（年末）。本项适用于持有居住证的情形。",
        "甲 (full marks 10 points; starts at full marks; lead: 公安局): "
        "If 业务培训 was not carried out, deduct 5 points. "
        "Targets: 登记率 reaches 95% (年末). This part applies if 持有居住证 applies.",
    ),
    (
        "组 甲 满分 100 分 互认 全省 折算 30% “合并到年终” { 指标 乙 满分 100 分 { 加 5 分 } }",
        "甲",
        "甲（满分100分；互认范围：全省）。得分按30%折算；合并到年终。",
        "甲 (full marks 100 points; recognised: 全省). The score is converted at 30%; 合并到年终.",
    ),
    (
        "加分 甲 { 指标 乙 { 加 5 分 } }",
        "甲",
        "甲（加分项，不占满分）。",
        "甲 (bonus beyond the full marks).",
    ),
    (
        "扣分 甲 { 指标 乙 { 扣 5 分 } }",
        "甲",
        "甲（扣分项，从总分中扣减）。",
        "甲 (deducted from the total).",
    ),
    (
        "指标 甲 { 按 住房 取分 { 自有：5 分 租赁：3 分 } 加 1 分 未开展 业务培训：扣 1 分 }",
        "甲",
        "甲：按住房计分：自有得5分，租赁得3分。加1分；未开展业务培训的扣1分。",
        "甲: By 住房: 自有: score 5 points; 租赁: score 3 points. Add 1 point. "
        "If 业务培训 was not carried out, deduct 1 point.",
    ),
    (
        "指标 甲 { 按 住房 与 年龄 取分 { 列 ｜ 不足 35 岁 ｜ 其他 自有 ｜ 5 分 ｜ 3 分 } 加 1 分 出处 “附件1” }",
        "甲",
        "甲：按住房和年龄对照计分：\n住房＼年龄｜不足35周岁｜其他\n自有｜5分｜3分\n加1分。出处：附件1。",
        "甲: By 住房 and 年龄:\n住房 \\ 年龄 | short of 35 years | otherwise\n"
        "自有 | 5 points | 3 points\nAdd 1 point. Source: 附件1.",
    ),
    (
        "指标 甲 出处 “附件1” { 按 住房 与 年龄 取分 { 列 ｜ 不足 35 岁 ｜ 其他 自有 ｜ 5 分 ｜ 3 分 } }",
        "甲",
        "甲：按住房和年龄对照计分：\n住房＼年龄｜不足35周岁｜其他\n自有｜5分｜3分\n出处：附件1。",
        "甲: By 住房 and 年龄:\n住房 \\ 年龄 | short of 35 years | otherwise\n"
        "自有 | 5 points | 3 points\nSource: 附件1.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "id_", "zh", "en"), CLAUSES, ids=range(len(CLAUSES)))
def test_clause_text(text: str, id_: str, zh: str, en: str):
    clause, policy = clause_of(text, id_)
    assert sentences.clause_text(clause, policy) == zh
    assert sentences.clause_text(clause, policy, "en") == en


def test_a_task_is_its_targets():
    clause, policy = clause_of(
        "任务 1 登记 牵头单位 公安局 { 目标 登记率 达到 95% 目标 “建立台账。” }", "1", "要点"
    )
    text = sentences.clause_text(clause, policy)
    assert text == "登记（牵头单位：公安局）：登记率达到95%；建立台账。"


def test_a_number_stands_in_for_a_missing_name():
    clause, _ = clause_of("项 3 { 加 1 分 }", "3")
    assert sentences.clause_name(clause) == "第3项"
    assert sentences.clause_name(clause, "en") == "item 3"


# -- scenes, status, deadlines, duties, blends -------------------------------------------------

SCENES = [
    (
        "家庭 就高 夫妻 排序 总分 高者先，得分（指标 甲） 高者先，登记日期 早者先，配偶 的 总分 高者先，其后 未载明 名额 20 名 同分 一并录取",
        "按就高原则只取夫妻一方积分。按总分（高者优先）排名；总分相同的，依次按甲得分（高者优先）、登记日期（早者优先）、"
        "配偶总分（高者优先）排名；其后的排名依据（原文未载明）。名额20名。末位排名相同的一并录取。",
        "Only the higher score of the couple counts. Ranked by total score (higher first); equal in that, "
        "by score for 甲 (higher first), 登记日期 (earlier first), spouse's total score (higher first) "
        "in this order; further keys are not stated. 20 places. All who tie for the last place are admitted.",
    ),
    (
        "家庭 就高 成员 排序 年龄 低者先，登记日期 晚者先，持有居住证 高者先 名额 由 教育局 同分 不录取",
        "按就高原则只取家庭成员中一人积分。按年龄（低者优先）排名；年龄相同的，依次按登记日期（晚者优先）、持有居住证者优先排名。"
        "名额由教育局确定。末位排名相同且名额不足的均不录取。",
        "Only the highest score in the household counts. Ranked by 年龄 (lower first); equal in that, "
        "by 登记日期 (later first), 持有居住证 applies first in this order. Places are set by 教育局. "
        "None who tie for the last place are admitted if places run short.",
    ),
    (
        "适用 持有居住证 家庭 合计 夫妻 排序 其后 未载明 名额 未载明 同分 抽签",
        "适用于持有居住证的申请人。夫妻双方积分合并计算。排名依据（原文未载明）。名额（原文未载明）。"
        "末位排名相同且名额不足的以抽签确定。",
        "Open to applicants of whom 持有居住证 applies. The scores of the couple are added. "
        "The ranking is not stated. The number of places is not stated. "
        "A tie for the last place is decided by lot.",
    ),
    (
        "家庭 合计 成员 排序 总分 高者先 同分 未载明",
        "家庭成员积分合并计算。按总分（高者优先）排名。末位排名相同的处理办法（原文未载明）。",
        "The scores of the household are added. Ranked by total score (higher first). "
        "How a tie for the last place is decided is not stated.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "zh", "en"), SCENES, ids=range(len(SCENES)))
def test_scene_text(text: str, zh: str, en: str):
    # 适用 stands in the head of a scene, the rest in its body
    head, body = (f"{text.split(' 家庭')[0]} ", f"家庭{text.split('家庭', 1)[1]}")
    if not head.startswith("适用"):
        head, body = "", text
    policy = compiled(
        f"积分 样例 “样例” {{ 指标 甲 {{ 加 1 分 }} 场景 乙 {head}{{ {body} }} {FACTS} }}"
    )
    assert sentences.scene_text(policy.scenes[0], policy) == zh
    assert sentences.scene_text(policy.scenes[0], policy, "en") == en


def test_a_scene_that_says_nothing_is_silent():
    policy = compiled(f"积分 样例 “样例” {{ 指标 甲 {{ 加 1 分 }} 场景 乙 {{ }} {FACTS} }}")
    assert sentences.scene_text(policy.scenes[0], policy) == ""
    assert sentences.household_text(policy.scenes[0]) == ""


DEADLINES = [
    ("不超过 10 个工作日", "审核：不超过10个工作日。", "审核: not more than 10 working days."),
    ("不少于 5 个工作日 “公示。”", "审核：不少于5个工作日。公示。", "审核: no fewer than 5 working days. 公示."),
    ("< 2 个月", "审核：不足2个月。", "审核: short of 2 months."),
    ("3 日 “公示” 出处 “四（一）”", "审核：3日。公示。出处：四（一）。", "审核: 3 days. 公示. Source: 四（一）."),
    ("不超过 2022-04-14", "审核：2022年4月14日以前（含当日）。", "审核: by 14 April 2022."),
    ("早于 2022-04-14", "审核：2022年4月14日以前（不含当日）。", "审核: before 14 April 2022."),
    ("不少于 2022-04-14", "审核：2022年4月14日起。", "审核: from 14 April 2022."),
    ("晚于 2022-04-14", "审核：2022年4月14日以后（不含当日）。", "审核: after 14 April 2022."),
    ("2022-04-14", "审核：2022年4月14日。", "审核: on 14 April 2022."),
    ("未载明", "审核：期限（原文未载明）。", "审核: not stated."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "zh", "en"), DEADLINES)
def test_deadline_text(text: str, zh: str, en: str):
    policy = compiled(f"积分 样例 “样例” {{ 指标 甲 {{ 加 1 分 }} 期限 审核 {text} }}")
    assert sentences.deadline_text(policy.deadlines[0], policy) == zh
    assert sentences.deadline_text(policy.deadlines[0], policy, "en") == en


def test_status_rules_and_exclusions():
    policy = compiled(
        "积分 样例 “样例” { 指标 甲 { 加 1 分 } "
        "事实 登记注销：是否 事实 中止月数：计数（月） 事实 居住月数：计数（月） 事实 居住证中止：是否 "
        "效力 { 登记注销 或 居住证中止：暂时失效 } 不计 中止月数 于 居住月数 }"
    )
    text = sentences.rule_text(policy.status_rules[0], policy)
    assert text == "登记注销或者居住证中止的，积分暂时失效。"
    assert sentences.exclusion_text(policy.exclusions[0], policy) == "中止月数不计入居住月数。"
    assert sentences.exclusion_text(policy.exclusions[0], policy, "en") == (
        "中止月数 is not counted in 居住月数."
    )


def test_duty_text():
    policy = compiled(
        "积分 样例 “样例” { 指标 甲 英文 “A” { 加 1 分 } 场景 入学 { } "
        "职责 教育局 “牵头。” 审核 甲、“遗体、器官捐献登记” 主管 入学 出处 “六” }"
    )
    assert sentences.duty_text(policy.duties[0], policy) == (
        "教育局：牵头；审核甲，遗体、器官捐献登记；主管入学。出处：六。"
    )
    assert sentences.duty_text(policy.duties[0], policy, "en") == (
        "教育局: 牵头; reviews A，遗体、器官捐献登记; hosts 入学. Source: 六."
    )


def test_blend_text():
    policy = compiled(
        f"考核 样例 “样例” {{ 指标 甲 {{ 加 1 分 }} 合成 年终 {{ 总分 占 70% 得分（指标 甲） 占 未载明 体能成绩 占 30% }} {FACTS} }}"
    )
    assert sentences.blend_text(policy.blends[0], policy) == (
        "年终成绩由下列部分合成：总分占70%；甲得分所占比例（原文未载明）；体能成绩占30%。"
    )
    assert sentences.blend_text(policy.blends[0], policy, "en") == (
        "年终 is made up of: total score 70%; score for 甲 (weight not stated); 体能成绩 30%."
    )


def test_period_text():
    assert sentences.period_text(m.Period(date(2022, 4, 6))) == "2022年4月6日"
    assert sentences.period_text(m.Period(None, Fraction(30), UNITS["日"])) == "公布后30日"
    assert sentences.period_text(m.Period(event="个性指标明确。")) == "个性指标明确"
    assert sentences.period_text(m.Period()) == "（原文未载明）"
    assert sentences.period_text(m.Period(None, Fraction(30), UNITS["日"]), "en") == (
        "30 days after publication"
    )


# -- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("10000", "1万", "10,000"),
        ("12000", "1.2万", "12,000"),
        ("12345", "12345", "12,345"),
        ("1500", "1500", "1,500"),
        ("200000000", "2亿", "200,000,000"),
        ("0.25", "0.25", "0.25"),
        ("1/3", "1/3", "1/3"),
    ],
)
def test_number_text(value: str, zh: str, en: str):
    assert number_text(Fraction(value), "zh") == zh
    assert number_text(Fraction(value), "en") == en


def test_points_and_shares_are_not_counted_in_wan():
    assert number_text(Fraction(20000), "zh", UNITS["分"]) == "20000"
    assert number_text(Fraction(20000), "zh", UNITS["%"]) == "20000"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (100, "一百"), (101, "一百零一"),
     (110, "一百一十"), (1001, "一千零一"), (1010, "一千零一十"), (9999, "九千九百九十九")],
)  # fmt: skip
def test_chinese_number(value: int, text: str):
    assert chinese_number(value) == text


# -- the page of the documentation -----------------------------------------------------------------


def documented_rows() -> list[tuple[str, str, str]]:
    """Rows (rule, Chinese, English) of the tables in docs/wording.md whose first cell is code."""
    rows = []
    for line in (ROOT / "docs" / "wording.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`") and cells[0].endswith("`"):
            rows.append((cells[0].strip("`"), cells[1], cells[2]))
    return rows


def test_the_documented_phrasings_are_the_real_ones():
    rows = documented_rows()
    assert len(rows) > 30
    for rule, zh, en in rows:
        policy = with_rule(rule)
        assert sentences.rule_text(rule_of(policy), policy) == zh
        assert sentences.rule_text(rule_of(policy), policy, "en") == en


def test_both_ends_of_a_range_have_one_unit():
    """A fact that is counted in lessons of 45 minutes, and a range that is written in minutes."""
    text = "积分 x “x” { 计量 学时包 = 45 分钟 事实 课时：整数（学时包） 指标 甲 上限 9 分 { 课时 90 至 180 分钟：加 1 分 } }"
    policy = loads(text)
    (rule,) = policy.clauses["甲"].rules
    assert sentences.rule_text(rule, policy) == "课时在90至180分钟的加1分。"
    assert "90 to 180 minutes" in sentences.rule_text(rule, policy, "en")


def test_numbers_in_formulas_keep_their_units():
    """What is compared with 5 in 万元 is 5万元; percentage points are no percentages."""
    policy = loads("""积分 t “t” {
      事实 收入：小数（万元）  事实 甲数：计数（人）  事实 乙数：计数（人）
      事实 比例：百分比 = 甲数 ÷ 乙数  事实 人均：小数（万元） = 收入 ÷ 甲数
      指标 甲 {
        收入 超过 5：加 1 分  （收入 + 5） 超过 10：加 1 分  收入 ÷ 甲数 超过 5：加 1 分
        甲数 ÷ 乙数 低于 95%：加 1 分  甲数 低于 乙数 × 10%：加 1 分
        比例 低于 （95% - 2 个百分点）：加 1 分
      }
    }""")
    assert sentences.rules_text(policy.clauses["甲"], policy) == (
        "收入超过5万元的加1分；收入+5万元超过10万元的加1分；收入÷甲数超过5万元的加1分；"
        "甲数÷乙数低于95%的加1分；甲数低于乙数×10%的加1分；比例低于95%-2个百分点的加1分。"
    )
    words = sentences.speaker(policy)
    facts = [derived_text(policy.facts[name], words) for name in ("比例", "人均")]
    assert facts == ["比例：甲数÷乙数", "人均：收入÷甲数"]
