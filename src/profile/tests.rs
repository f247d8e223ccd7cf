use super::*;

const BUILTIN: &str = include_str!("vn-nd30-2020.toml");
const OTHER: &str = include_str!("../../fixtures/profiles/lumen-2031.toml");

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_profile_compiled_in_can_be_read_and_knows_29_types() {
    let profile = Profile::parse("builtin", BUILTIN).unwrap();
    assert_eq!(profile.types.len(), 29);
    assert!(profile.applies_on(date("2026-11-23")) && !profile.applies_on(date("2020-03-04")));
    assert_eq!(profile.signing.order, [Role::Personal, Role::Agency]);
}

#[test]
fn numbers_symbols_and_dates_are_written_as_the_decree_says() {
    let profile = Profile::builtin();
    assert_eq!(profile.notation("QĐ", "UBND", None, 5).unwrap(), "05/QĐ-UBND");
    assert_eq!(profile.notation("CV", "UBND", Some("VX"), 12).unwrap(), "12/UBND-VX");
    assert_eq!(profile.notation("CV", "UBND", None, 12), Err(NotationError::NoDraftingUnit));
    assert_eq!(profile.date_line("Hà Nội", date("2020-01-05")), "Hà Nội, ngày 05 tháng 01 năm 2020");
    assert_eq!(profile.date_line("Hà Nội", date("2019-06-29")), "Hà Nội, ngày 29 tháng 6 năm 2019");
}

#[test]
fn the_code_tables_are_those_of_circular_05_2025() {
    let profile = Profile::builtin();
    let code = |field: &str, name: &str| {
        profile.table(field).into_iter().find(|line| line.name == name).map(|line| line.code)
    };
    assert_eq!(code("maintenance", "Vĩnh viễn").as_deref(), Some("01"));
    assert_eq!(code("typeName", "Quyết định").as_deref(), Some("02"));
    assert_eq!(code("typeName", "Bản đồ").as_deref(), Some("30"));
    assert_eq!(code("language", "Hán Nôm").as_deref(), Some("09"));
    assert_eq!(code("confidenceLevel", "Số hóa").as_deref(), Some("02"));
    assert_eq!(profile.table("typeName").len(), 32);
}

#[test]
fn another_jurisdiction_writes_numbers_and_dates_its_own_way() {
    let profile = Profile::parse("lumen", OTHER).unwrap();
    assert_eq!(profile.notation("ORD", "KEEP", None, 7).unwrap(), "007 of ORD.KEEP");
    assert_eq!(profile.date_line("Port Lumen", date("2031-03-05")), "Port Lumen, 5.03.2031");
    assert_eq!(profile.signing.order, [Role::Agency, Role::Personal]);
    let read = profile.numbering.parse("007 of ORD.KEEP").unwrap();
    assert_eq!((read.number(), read.first_group()), (Some(7), "ORD"));
    assert!(profile.numbering.parse("07/QĐ-UBND").is_err());
}

#[test]
fn a_date_line_is_read_by_the_pattern_that_writes_it() {
    for (text, place, day) in [(BUILTIN, "Hà Nội", "05"), (OTHER, "Port Lumen", "5")] {
        let profile = Profile::parse("x", text).unwrap();
        let expression = profile.date.expression().unwrap();
        let line = profile.date_line(place, date("2032-02-05"));
        let found = expression.captures(&line).unwrap();
        assert_eq!((&found["before"], &found["day"], &found["year"]), (place, day, "2032"));
    }
    let words = Profile::builtin().date.words().unwrap();
    assert_eq!(words, ["ngày", "tháng", "năm"]);
}

#[test]
fn a_profile_with_an_unknown_key_is_refused_by_name() {
    let text = BUILTIN.replace("minimum_digits", "minimal_digits");
    let error = Profile::parse("x", &text).unwrap_err().to_string();
    assert!(error.contains("minimal_digits"), "{error}");
}

#[test]
fn a_profile_that_contradicts_itself_is_refused_with_the_place() {
    for (from, to, names) in [
        ("range = [30.0, 35.0]", "range = [35.0, 30.0]", "margin.left"),
        ("code = \"NQ\"", "code = \"QĐ\"", "types"),
        ("tháng {month}", "tháng", "{month}"),
        ("example = \"05/QĐ-UBND\"", "example = \"05 QĐ\"", "numbering.example"),
    ] {
        let error = Profile::parse("x", &BUILTIN.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(names), "{error}");
    }
}

#[test]
fn a_folder_adds_profiles_and_newer_versions_and_the_date_chooses() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lumen.toml"), OTHER).unwrap();
    let newer = BUILTIN.replacen("version = \"1.0.0\"", "version = \"1.1.0\"", 1).replacen(
        "in_force_from = \"2020-03-05\"",
        "in_force_from = \"2027-01-01\"",
        1,
    );
    std::fs::write(folder.path().join("newer.toml"), newer).unwrap();
    let all = Profile::load_folder(folder.path()).unwrap();
    assert_eq!(all.len(), 3);
    let version = |on: &str| Profile::choose(&all, "vn-nd30-2020", date(on)).map(|p| p.version.clone());
    assert_eq!(version("2026-12-31").as_deref(), Some("1.0.0"));
    assert_eq!(version("2027-01-01").as_deref(), Some("1.1.0"));
    assert_eq!(version("2019-01-01"), None);
    assert!(Profile::choose(&all, "lumen-2031", date("2040-01-01")).is_none());
    std::fs::write(folder.path().join("twice.toml"), BUILTIN).unwrap();
    assert!(matches!(Profile::load_folder(folder.path()), Err(ProfileError::Twice(..))));
}
