//! What RFC 9110 lets clients count on: parts of what is kept, methods, languages.

use super::house::{Answer, House};
use super::office::Office;
use crate::support::databases::{on_both, sqlite};
use crate::support::fixture;
use chancery::audit::fsck::fsck;
use chancery::server::settle;
use chancery::store::Location;
use diesel::connection::SimpleConnection;
use reqwest::Method;

#[test]
fn parts_that_can_be_served_are_and_what_nobody_knows_is_ignored() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let office = Office::open(&house);
        let whole = fixture("documents/quyet-dinh.pdf");
        let path = format!("/api/v1/documents/{}/content", office.draft());
        let part = |range: &str, known: Option<&str>| {
            let request = office.drafter.request(Method::GET, &path).header("range", range);
            Answer::of(known.into_iter().fold(request, |request, tag| request.header("if-range", tag)).send())
        };
        let tag = office.drafter.get(path.trim_start_matches("/api/v1")).header("etag");
        for known in [None, Some(tag.as_str())] {
            let answer = part("bytes=10-19", known);
            assert_eq!((answer.status, answer.body.as_slice()), (206, &whole[10..20]));
            assert_eq!(answer.header("content-range"), format!("bytes 10-19/{}", whole.len()));
        }
        for (range, known) in [
            ("bytes=10-19", Some("\"of another\"")),
            ("bytes=0-1,5-6", None),
            ("bytes=9-2", None),
            ("pages=1-2", None),
        ] {
            let answer = part(range, known);
            assert_eq!((answer.status, answer.body.len()), (200, whole.len()), "{range} {known:?}");
        }
        let beyond = part("bytes=99999999-", None);
        assert_eq!(beyond.header("content-range"), format!("bytes */{}", whole.len()));
        assert_eq!(beyond.problem(416), "range_not_satisfiable");
    });
}

#[test]
fn a_method_an_address_does_not_take_is_a_problem_in_the_language_liked_best() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let office = Office::open(&house);
    let title = |accept: &str| {
        let request = office.clerk.request(Method::DELETE, "/api/v1/documents");
        let answer = Answer::of(request.header("accept-language", accept).send());
        assert!(answer.header("allow").contains("POST"), "{:?}", answer.headers);
        let title = answer.json()["title"].as_str().unwrap().to_owned();
        assert_eq!(answer.problem(405), "method_not_allowed");
        title
    };
    assert!(title("en").starts_with("This address"));
    assert_eq!(title("vi;q=0.2, en-GB;q=0.9"), title("en"));
    assert_eq!(title("fr, vi;q=0.9, en;q=0.8"), title("vi"));
    assert_ne!(title("vi"), title("en"));
}

#[test]
fn rows_nobody_can_read_any_more_and_bytes_struck_from_the_list_are_named() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let office = Office::open(&house);
    let id = office.draft();
    settle(house.service()).unwrap();
    let judged = || {
        let checked = house.service().desk.database.read_blocking(|c| fsck(c, &chancery::trail::tables()));
        checked.unwrap()
    };
    assert_eq!(judged().indication, "good");
    let location = Location::Sqlite(house.data().join("chancery.db"));
    let behind = |statement: &str| location.connect().unwrap().batch_execute(statement).unwrap();
    behind(&format!("UPDATE documents SET changed_at = 'x' || changed_at WHERE id = '{id}'"));
    let found = judged();
    assert_eq!(found.indication, "bad");
    let bad = found.first_bad.unwrap();
    assert_eq!(bad.kind, "row_readable");
    assert!(bad.what.starts_with("documents"), "{bad:?}");
    behind(&format!("UPDATE documents SET changed_at = substr(changed_at, 2) WHERE id = '{id}'"));
    assert_eq!(judged().indication, "good");
    let unlisted = || {
        let database = &house.service().desk.database;
        database.read_blocking(|c| chancery::store::objects::unlisted(c, "", 10)).unwrap()
    };
    assert_eq!(unlisted(), Vec::<String>::new());
    behind("CREATE TABLE aside AS SELECT * FROM objects; PRAGMA foreign_keys = OFF; DELETE FROM objects");
    assert_eq!(unlisted().len(), 1);
    behind("INSERT INTO objects SELECT * FROM aside; DROP TABLE aside");
    assert_eq!(unlisted(), Vec::<String>::new());
    let struck = || house.service().desk.database.read_blocking(chancery::trail::struck).unwrap();
    let (looked_at, missing) = struck();
    assert!(looked_at >= 1 && missing.is_empty(), "{missing:?}");
    behind("PRAGMA foreign_keys = OFF; DELETE FROM object_uses; DELETE FROM objects");
    assert_eq!(unlisted(), Vec::<String>::new(), "struck from both lists");
    assert_eq!(struck().1.len(), 1);
}
