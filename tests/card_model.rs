//! The manual of the card model is what the tables say.
//! `SNAPSHOTS=overwrite cargo test --test card_model` writes it anew.

use std::path::Path;

use snapbox::data::DataFormat;
use snapbox::{Assert, Data};
use sscard::profile::{
    self, Access, Application, CodePart, Confidence, Display, Encoding, File, Item, Personal,
    Structure, Text, Version, code_tables,
};

const HEAD: &str = "\
# 卡片模型 The card model

社会保障卡上有哪些应用、文件和数据项，由本程序的数据表生成，一字不改。
What the standards put on a social security card, made from this program's tables: change `src/profile/tables`, then
renew this page with `SNAPSHOTS=overwrite cargo test --test card_model`.

- `3.0*`：推定。第三代的正式文本没有公开，沿用第二代。Presumed: the third generation's own document is not public, the row
  is taken over from the second.
- `1.0 EE`：旧卡可按二代含义改写这一项，值以 EE 结尾。A card of 1.0 may hold the item of 2.0 here, closed by EE (2012-37 annex C).
- 个人信息类别不是“无”的，不加 `--reveal` 一律遮盖。Whatever has a personal class is masked without `--reveal`.
- 来源见 [sources.md](sources.md)。For the sources see there; `high`, `medium`, `low`: how sure a row is.
";

const VERSIONS: [Version; 4] = [Version::Undated, Version::V1, Version::V2, Version::V3];

fn both(text: Text) -> String {
    if text.zh == text.en { text.zh.into() } else { format!("{} {}", text.zh, text.en) }
}

fn versions(of: &[Version], presumed: &[Version]) -> String {
    let name = |version: &Version| {
        let star = if presumed.contains(version) { "*" } else { "" };
        let number = match version {
            Version::V1 => "1.0",
            Version::V2 => "2.0",
            Version::V3 => "3.0",
            Version::Undated => "LB 002 (undated)",
        };
        format!("{number}{star}")
    };
    of.iter().map(name).collect::<Vec<_>>().join(" ")
}

fn confidence(value: Confidence) -> &'static str {
    match value {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

fn structure(file: &File) -> String {
    let name = match file.structure {
        Structure::VariableRecords => "变长记录 variable records",
        Structure::FixedRecords => "定长记录 fixed records",
        Structure::Cyclic => "循环 cyclic",
        Structure::Transparent => "透明 transparent",
        Structure::KeyFile => "密钥 key",
        Structure::Directory => "目录 directory, templates 61",
        Structure::Internal => "卡内部 internal",
        Structure::Unknown => "不明 unknown",
    };
    let records = (file.records > 0).then(|| format!("× {}", file.records));
    let each = file.record_size.map(|size| format!("{size} B each"));
    let size = file.size.map(|size| format!("{size} B"));
    let parts = [Some(name.to_owned()), records, each, size];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn access(file: &File) -> String {
    let name = match file.access {
        Access::Free => "自由 free",
        Access::Key => "密钥 key",
        Access::Pin => "PIN",
        Access::PinOrKey => "PIN 或密钥 PIN or key",
        Access::PinAndKey => "PIN 和密钥 PIN and key",
        Access::Never => "不可读 never",
        Access::Unknown => "不明 unknown",
    };
    if file.key.is_empty() { name.into() } else { format!("{name} `{}`", file.key) }
}

fn encoding(value: Encoding) -> &'static str {
    match value {
        Encoding::Bcd => "BCD",
        Encoding::Ascii => "ASCII",
        Encoding::Gbk => "GB 18030",
        Encoding::Binary => "二进制 binary",
        Encoding::Group => "组合 group",
        Encoding::Undecided => "来源不一 undecided",
    }
}

fn display(value: Display) -> &'static str {
    match value {
        Display::CardIdentificationCode => "卡识别码 card identification code",
        Display::Code => "代码 code",
        Display::Version => "版本 version",
        Display::InitialisingBody => "机构编号 body number",
        Display::Date => "YYYYMMDD",
        Display::CardNumber => "卡号 card number",
        Display::IdentityNumber => "号码 identity number",
        Display::Text => "文字 text",
        Display::Region => "行政区划 region",
        Display::YearMonth => "YYYYMM",
        Display::Year => "YYYY",
        Display::DateTime => "YYYYMMDDhhmmss",
        Display::Amount => "金额（分） amount in fen",
        Display::Count => "数 number",
        Display::Months => "月数 months",
        Display::Digits => "数字 digits",
        Display::Organisation => "机构代码 organisation",
        Display::Group => "",
        Display::Raw => "字节 bytes",
    }
}

fn personal(value: Personal) -> &'static str {
    match value {
        Personal::None => "无 none",
        Personal::Name => "姓名 name",
        Personal::Id => "证件号 identity number",
        Personal::Card => "卡号 card",
        Personal::Account => "账号 account",
        Personal::Demographic => "人口 demographic",
        Personal::Address => "住址 address",
        Personal::Phone => "电话 phone",
        Personal::Health => "健康 health",
        Personal::Employment => "就业 employment",
        Personal::Insurance => "参保 insurance",
        Personal::Benefit => "待遇 benefit",
        Personal::Education => "教育 education",
        Personal::Family => "亲属 family",
        Personal::Biometric => "生物特征 biometric",
        Personal::Finance => "钱款 finance",
        Personal::Chip => "芯片 chip",
        Personal::Unknown => "未分类 unclassed",
    }
}

/// The code tables of an item, linked, or the standard that has them.
fn codes(item: &Item) -> String {
    let part = |part: &CodePart| {
        let range = part.characters.map(|(from, to)| format!(" ({from}–{to})"));
        format!("[{0}](#{0}){1}", part.table, range.unwrap_or_default())
    };
    let tables = item.codes.iter().map(part);
    tables.chain(item.standard.map(str::to_owned)).collect::<Vec<_>>().join(", ")
}

/// A line of a table; a bar in a cell would begin another.
fn row<const N: usize>(cells: [String; N]) -> String {
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

fn head(names: &[&str]) -> String {
    format!("| {} |\n|{}\n", names.join(" | "), " --- |".repeat(names.len()))
}

/// Each row once, though several versions share it.
fn unique<T>(rows: impl Iterator<Item = &'static T>) -> Vec<&'static T> {
    let mut seen: Vec<&T> = Vec::new();
    for row in rows {
        if !seen.iter().any(|known| std::ptr::eq(*known, row)) {
            seen.push(row);
        }
    }
    seen
}

/// The mark of an item that may have the meaning of 2.0 on an old card.
fn rewritten(item: &Item) -> &'static str {
    if item.is_rewritten(&[0xEE]) { " EE" } else { "" }
}

fn item_row(item: &Item) -> String {
    let tag = item.tag.map_or_else(|| "–".into(), |tag| format!("{tag:02X}"));
    let parents: Vec<String> = item.parents.iter().map(|tag| format!("{tag:02X}")).collect();
    let tag = if parents.is_empty() { tag } else { format!("{} ▸ {tag}", parents.join(" ")) };
    row([
        tag,
        item.name.zh.into(),
        item.name.en.into(),
        item.length.to_string(),
        encoding(item.encoding).into(),
        display(item.display).into(),
        codes(item),
        personal(item.personal).into(),
        versions(item.versions, item.presumed) + rewritten(item),
        format!("{} ({})", item.source, confidence(item.confidence)),
    ])
}

fn application(row_of: &'static Application) -> String {
    let of_version = |version| profile::files(row_of.id, version);
    let mut files = unique(VERSIONS.into_iter().flat_map(of_version));
    if files.is_empty() {
        return String::new();
    }
    files.sort_by_key(|file| file.fid);
    let mut page = format!("\n## {}: {}\n\n", row_of.id.to_uppercase(), both(row_of.name));
    page += &head(&[
        "文件 file",
        "名称 name",
        "结构 structure",
        "读 read",
        "版本 versions",
        "来源 source",
    ]);
    for file in &files {
        page += &row([
            if file.fid == 0 { "–".into() } else { format!("{:04X}", file.fid) },
            both(file.name),
            structure(file),
            access(file),
            versions(file.versions, file.presumed),
            format!("{} ({})", file.source, confidence(file.confidence)),
        ]);
    }
    for of_file in files.chunk_by(|left, right| left.fid == right.fid) {
        let Some(file) = of_file.last() else { continue };
        let of_version = |version| profile::items(row_of.id, file.fid, version);
        let mut items = unique(VERSIONS.into_iter().rev().flat_map(of_version));
        // By place in the file, and what a group holds behind all groups.
        items.sort_by_key(|item| (!item.parents.is_empty(), item.order));
        if items.is_empty() {
            continue;
        }
        page += &format!(
            "\n### {} {:04X}: {}\n\n",
            row_of.id.to_uppercase(),
            file.fid,
            both(file.name)
        );
        page += &head(&[
            "标签 tag",
            "名称",
            "name",
            "字节 bytes",
            "编码 encoding",
            "内容 content",
            "代码 codes",
            "个人信息 personal",
            "版本 versions",
            "来源 source",
        ]);
        page.extend(items.into_iter().map(item_row));
    }
    page
}

fn all_codes() -> String {
    let mut page = String::from("\n## 代码表 Code tables\n");
    for table in code_tables() {
        page += &format!("\n### {}\n\n{}。", table.id, both(table.name));
        page += &[table.standard, table.source]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("; ");
        page += &format!("\n\n{}", head(&["代码 code", "含义", "meaning"]));
        for code in table.codes {
            page += &row([code.code.into(), code.meaning.zh.into(), code.meaning.en.into()]);
        }
    }
    page
}

fn manual() -> String {
    let mut page = format!("{HEAD}\n## 应用 Applications\n\n");
    page += &head(&["应用 application", "名称", "name", "AID", "FID", "来源 source"]);
    for application in profile::applications() {
        let aids = application.aids.iter().map(|aid| format!("`{}`", hex::encode_upper(aid)));
        let fids = application.fids.iter().map(|fid| format!("{fid:04X}"));
        page += &row([
            application.id.into(),
            application.name.zh.into(),
            application.name.en.into(),
            aids.collect::<Vec<_>>().join(" "),
            fids.collect::<Vec<_>>().join(" "),
            format!("{} ({})", application.source, confidence(application.confidence)),
        ]);
    }
    page.extend(profile::applications().map(application));
    page + &all_codes()
}

#[test]
fn the_manual_is_what_the_tables_say() {
    let expected = Data::read_from(Path::new("docs/card-model.md"), Some(DataFormat::Text)).raw();
    Assert::new().action_env("SNAPSHOTS").eq(Data::text(manual()), expected);
}
