//! What is printed, compared with what the stock tools print.

use fe2o3_amqp_types::primitives::Value;

use crate::captures::Capture;
use crate::router::{Answer, Router, rows};
use crate::{Ran, run, run_as};

#[test]
fn qdstat_and_qdmanage_print_what_the_stock_tools_print() {
    let names = Capture::names();
    assert!(names.len() > 50, "{names:?}");
    std::thread::scope(|scope| {
        for some in names.chunks(names.len() / 4) {
            scope.spawn(move || some.iter().for_each(|name| prints_the_same(name)));
        }
    });
}

fn prints_the_same(name: &str) {
    let capture = Capture::read(name);
    let router = capture.router();
    let bus = router.bus();
    let mut arguments = capture.arguments();
    arguments.extend(["-b", &bus]);
    let ran = run_as(capture.tool(), &arguments, "");
    let expected = Ran { status: capture.status(), stdout: capture.stdout(), stderr: String::new() };
    assert_eq!(without_time(ran), expected, "{name}");
}

fn without_time(ran: Ran) -> Ran {
    let stdout = match ran.stdout.split_once('\n') {
        Some((first, rest)) if first.ends_with(" UTC") && first.starts_with("20") => format!("TIME\n{rest}"),
        Some(_) | None => ran.stdout,
    };
    Ran { stdout, ..ran }
}

#[test]
fn crossdock_stat_prints_the_same_tables() {
    for name in ["stat-l", "stat-all-routers", "odd-n"] {
        let capture = Capture::read(name);
        let router = capture.router();
        let bus = router.bus();
        let arguments: Vec<_> = ["stat", "-b", &bus].into_iter().chain(capture.arguments()).collect();
        assert_eq!(without_time(run(&arguments)).stdout, capture.stdout(), "{name}");
    }
}

#[test]
fn json_has_all_attributes_under_their_own_names() {
    let router = Capture::read("stat-l").router();
    let ran = run(&["stat", "-l", "--json", "-b", &router.bus()]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["routers"][0]["id"], "A");
    let links = json["routers"][0]["links"].as_array().unwrap();
    let names = ["identity", "linkType", "owningAddr", "deliveryCount", "settleRate", "linkName"];
    assert!(
        links.len() > 30 && names.iter().all(|name| !links[0][name].is_string() || links[0][name] != ""),
        "{ran:?}"
    );
    assert!(links.iter().all(|link| link["capacity"].is_u64() && link.as_object().unwrap().len() == 26));
    assert_eq!(ran.stdout.lines().count(), 1);
}

#[test]
fn json_of_several_routers_has_an_object_for_each() {
    let router = Capture::read("stat-all-routers").router();
    let ran = run(&["stat", "-g", "--all-routers", "--json", "-b", &router.bus()]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let ids: Vec<_> = json["routers"].as_array().unwrap().iter().map(|one| one["router"][0]["id"].as_str()).collect();
    assert_eq!(ids, [Some("A"), Some("B")]);
}

#[test]
fn json_of_the_log_names_the_parts_of_a_line() {
    let line = |level: &str| {
        let text = |text: &str| Value::String(text.to_owned());
        Value::List(vec![
            text("ROUTER"),
            text(level),
            text("t"),
            Value::Null,
            Value::Int(12),
            Value::Int(1_795_373_200),
        ])
    };
    let log = Value::List(vec![line("info"), line("error")]);
    let router = Router::start(move |asked| match asked.property("operation").as_str() {
        "GET-LOG" => Some(Answer::new(200, "OK", log.clone())),
        _ => Some(Answer::new(200, "OK", rows(&["id"], &[&["A"]]))),
    });
    let ran = run(&["stat", "--log", "--json", "-b", &router.bus()]);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let line = &json["routers"][0]["log"][1];
    assert_eq!((&line["module"], &line["level"], &line["line"]), (&"ROUTER".into(), &"error".into(), &12.into()));
    assert_eq!((&line["file"], &line["time"]), (&serde_json::Value::Null, &1_795_373_200_u64.into()));
}
