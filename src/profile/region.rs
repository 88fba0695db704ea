//! Administrative divisions (GB/T 2260): a card keeps the code of its day, so
//! codes and names of the past are known too.

include!(concat!(env!("OUT_DIR"), "/regions.rs"));

/// A name that a code stood for: a piece of the text of all names.
#[derive(Debug, PartialEq, Eq)]
struct RegionName {
    code: u32,
    start: u32,
    length: u8,
    /// First year; 0 where not known.
    from: u16,
    /// Last year; 0: still in use.
    to: u16,
}

impl RegionName {
    fn text(&self) -> &'static str {
        let start = usize::try_from(self.start).unwrap_or(usize::MAX);
        REGION_NAMES.get(start..start.saturating_add(usize::from(self.length))).unwrap_or_default()
    }
}

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The division's name, in Chinese.
    pub name: &'static str,
    /// The province, region or municipality it belongs to; `None` when it is one.
    pub province: Option<&'static str>,
    /// The city or prefecture between the two; `None` where there is none, as in a
    /// municipality.
    pub city: Option<&'static str>,
    /// The province in English: the lists have no other English names.
    pub province_en: Option<&'static str>,
    /// Whether the name is no longer in use.
    pub former: bool,
}

/// Rows of the lists that gather divisions and are themselves no place.
const GATHERINGS: [&str; 3] = ["县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

/// What a six-digit code means in a year (of a card's issue, say); without a
/// year, what it meant last. `None` where no list holds it.
#[must_use]
pub fn region(code: &str, year: Option<u16>) -> Option<Region> {
    let name = name_in(code, year)?;
    let above = |above: String| {
        if above == code { None } else { name_in(&above, year).map(RegionName::text) }
    };
    let province = above(format!("{}0000", code.get(..2)?));
    let city = above(format!("{}00", code.get(..4)?))
        .filter(|city| province.is_some_and(|province| province != *city))
        .filter(|city| !GATHERINGS.contains(city));
    let english = PROVINCES.iter().find(|row| code.starts_with(row.0)).map(|row| row.1);
    let former = name.to != 0;
    Some(Region { name: name.text(), province, city, province_en: english, former })
}

/// The name that a code had in a year; without one, or where no row knows that
/// year, the newest.
fn name_in(code: &str, year: Option<u16>) -> Option<&'static RegionName> {
    let names = names(code)?;
    let in_year = |name: &&RegionName| {
        year.is_some_and(|year| name.from <= year && (name.to == 0 || year <= name.to))
    };
    names.iter().rfind(in_year).or_else(|| names.last())
}

/// The names of a code, the newest last.
fn names(code: &str) -> Option<&'static [RegionName]> {
    let number: u32 = code.parse().ok().filter(|_| code.len() == 6)?;
    let start = REGIONS.partition_point(|row| row.code < number);
    let end = REGIONS.partition_point(|row| row.code <= number);
    REGIONS.get(start..end).filter(|names| !names.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_divisions_of_today_and_of_the_past() {
        let today = Region {
            name: "渝中区",
            province: Some("重庆市"),
            city: None,
            province_en: Some("Chongqing"),
            former: false,
        };
        assert_eq!(region("500103", None), Some(today));
        let past = Region {
            name: "崇文区",
            province: Some("北京市"),
            city: None,
            province_en: Some("Beijing"),
            former: true,
        };
        assert_eq!(region("110103", Some(2008)), Some(past));
        let province = Region {
            name: "重庆市",
            province: None,
            city: None,
            province_en: Some("Chongqing"),
            former: false,
        };
        assert_eq!(region("500000", None), Some(province));
    }

    #[test]
    fn a_code_means_what_it_meant_in_its_year() {
        assert_eq!(region("130124", Some(1990)).map(|region| region.name), Some("正定县"));
        assert_eq!(region("130124", Some(2000)).map(|region| region.name), Some("栾城县"));
    }

    #[test]
    fn a_district_stands_behind_its_city() {
        let above = |code| region(code, None).map(|region| (region.province, region.city));
        // Districts of one name, in two cities of one province.
        assert_eq!(above("320106"), Some((Some("江苏省"), Some("南京市"))));
        assert_eq!(above("320302"), Some((Some("江苏省"), Some("徐州市"))));
        assert_eq!(above("320100"), Some((Some("江苏省"), None)));
        assert_eq!(above("429004"), Some((Some("湖北省"), None)));
        assert_eq!(above("500100"), Some((Some("重庆市"), None)));
    }

    #[test]
    fn what_no_list_holds_stays_unknown() {
        assert_eq!(region("639900", None), None);
        assert_eq!(region("50010", None), None);
        assert_eq!(region("50010X", None), None);
    }

    #[test]
    fn the_table_is_sorted_and_whole() {
        assert!(REGIONS.len() > 6700);
        assert!(REGIONS.is_sorted_by_key(|row| row.code));
        assert!(REGIONS.iter().all(|row| !row.text().is_empty()));
    }
}
