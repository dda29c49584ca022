//! QUERY in pages: of routers that heed `offset` and `count`, and of those that do not.

use crate::router::{Answer, Asked, Router, rows};
use crate::run;

/// A router with so many entities of every type. `pages` says whether it heeds offset and count.
fn router(entities: usize, pages: bool) -> Router {
    Router::start(move |asked| {
        let (offset, count) = if pages { (asked.number("offset"), asked.number("count")) } else { (0, 0) };
        let end = if count > 0 { entities.min(offset.saturating_add(count)) } else { entities };
        let numbers: Vec<_> = (offset..end).map(|number| number.to_string()).collect();
        let cells: Vec<_> = numbers.iter().map(|number| [number.as_str()]).collect();
        let cells: Vec<_> = cells.iter().map(|row| row.as_slice()).collect();
        Some(Answer::new(200, "OK", rows(&["identity"], &cells)))
    })
}

/// The identities that `crossdock manage query` prints, and the count of each request.
fn query(router: &Router, limit: usize) -> (Vec<usize>, Vec<usize>) {
    let limit = limit.to_string();
    let ran = run(&["manage", "query", "--limit", &limit, "--indent", "-1", "-b", &router.bus()]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let identity = |row: &serde_json::Value| row["identity"].as_str().unwrap().parse().unwrap();
    let counts = router.asked().iter().map(|asked: &Asked| asked.number("count")).collect();
    (json.as_array().unwrap().iter().map(identity).collect(), counts)
}

#[test]
fn all_pages_are_read_and_each_row_comes_once() {
    for entities in [0, 1, 499, 500, 501, 999, 1000, 1498, 10_000] {
        let (identities, _) = query(&router(entities, true), 0);
        assert_eq!(identities, (0..entities).collect::<Vec<_>>());
    }
}

#[test]
fn an_agent_that_ignores_paging_does_not_lead_round_in_circles() {
    for entities in [0, 1, 499, 500, 501, 1000] {
        let (identities, counts) = query(&router(entities, false), 0);
        assert_eq!(identities, (0..entities).collect::<Vec<_>>());
        assert!(counts.len() <= 2, "{counts:?}");
    }
}

#[test]
fn a_limit_ends_the_pages() {
    for pages in [true, false] {
        for (limit, expected) in [(1, vec![1]), (500, vec![500]), (700, vec![500, 200])] {
            let router = router(1000, pages);
            let (identities, counts) = query(&router, limit);
            assert_eq!(identities, (0..limit).collect::<Vec<_>>());
            if pages {
                assert_eq!(counts, expected);
            }
        }
    }
}
