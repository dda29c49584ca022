//! Says what is done, as text while it is done, or as JSON at the end.

use std::path::Path;
use std::time::Duration;

use crossdock_topology::apply::{Omission, Plan, Step, Until};
use crossdock_topology::live::Difference;
use serde_json::{Value, json};

use super::super::diff;
use super::super::write_out;
use super::perform::Outcome;
use crate::cli::paint::Paint;

/// Pause between two lines about what is waited for.
const NEWS: Duration = Duration::from_secs(5);

/// Steps that were not done, told at most.
const SHOWN: usize = 10;

/// Says it.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    file: &'a Path,
    plan: &'a Plan,
    is_json: bool,
    paint: Paint,
    /// Seconds after which each step's aim was reached.
    reached: Vec<Option<f64>>,
    done: usize,
    /// When lacks were told last.
    told: Duration,
}

impl<'a> Teller<'a> {
    pub(super) fn new(file: &'a Path, plan: &'a Plan, is_json: bool) -> Self {
        let paint = Paint::on(&std::io::stdout());
        Self { file, plan, is_json, paint, reached: vec![None; plan.steps.len()], done: 0, told: Duration::ZERO }
    }

    /// The plan, of which nothing is done.
    pub(super) fn tell_plan(&self) {
        if self.is_json {
            write_out(&format!("{:#}\n", self.report(true, None, &[])));
            return;
        }
        for (number, step) in (1..).zip(&self.plan.steps) {
            self.write(&format!("{number:>3}. {}", sentence(step)));
            if let Some(effect) = &step.effect {
                self.write(&format!("     {}", self.paint.yellow(effect)));
            }
            if let Some(until) = &step.until {
                self.write(&format!("     then wait until {}", until.describe()));
            }
        }
        self.tell_omissions();
        let file = self.file.display();
        let steps = self.plan.steps.len();
        let plural = if steps == 1 { "" } else { "s" };
        if steps > 0 {
            self.write(&format!("{steps} step{plural} to make the mesh as {file}; nothing was done"));
        } else if self.plan.beyond.is_empty() {
            self.write(&format!("nothing to do: the mesh {} {file}", self.paint.green("is as in")));
        } else {
            self.write("nothing that can be done from here");
        }
    }

    /// A step was taken.
    pub(super) fn tell_step(&mut self, at: usize) {
        self.done = at + 1;
        let Some(step) = self.plan.steps.get(at) else { return };
        self.write(&format!("{:>3}. {}: {}", at + 1, sentence(step), self.paint.green("done")));
        if let Some(effect) = &step.effect {
            self.write(&format!("     {}", self.paint.yellow(effect)));
        }
        self.told = Duration::ZERO;
    }

    /// What a step was for is reached.
    pub(super) fn tell_reached(&mut self, at: usize, until: &Until, after: Duration) {
        let seconds = after.as_secs_f64();
        if let Some(place) = self.reached.get_mut(at) {
            *place = Some((seconds * 1000.0).round() / 1000.0);
        }
        let router = self.plan.steps.get(at).map_or("", |step| step.router.as_str());
        self.write(&format!("     {router}: {} ({seconds:.1} s)", until.describe()));
    }

    /// What is waited for.
    pub(super) fn tell_lacks(&mut self, lacks: &[String], after: Duration) {
        if after >= self.told + NEWS {
            self.told = after;
            self.write(&format!("     waiting: {}", lacks.join("; ")));
        }
    }

    /// How it ended.
    pub(super) fn tell_end(&self, outcome: &Outcome, left: &[Difference]) {
        if self.is_json {
            write_out(&format!("{:#}\n", self.report(false, Some(outcome), left)));
            return;
        }
        self.tell_omissions();
        let (file, steps) = (self.file.display(), self.plan.steps.len());
        if let Outcome::Stopped { at, is_done, problem } = outcome {
            let step = self.plan.steps.get(*at).map(sentence).unwrap_or_default();
            let what = if *is_done { "did not bring about what it is for" } else { "failed" };
            eprintln!("{}: step {}, {step}, {what}: {problem}", Paint::on(&std::io::stderr()).red("stopped"), at + 1);
            for (at, step) in self.plan.steps.iter().enumerate().skip(self.done).take(SHOWN) {
                eprintln!("  not done: {:>3}. {}", at + 1, sentence(step));
            }
            if steps > self.done + SHOWN {
                eprintln!("  not done: … and {} more", steps - self.done - SHOWN);
            }
            eprintln!("{} of {steps} steps are done; the same command goes on from here", self.done);
            return;
        }
        for difference in left {
            self.write(&format!("{} {difference}", self.paint.yellow("still:")));
        }
        let done = match steps {
            0 => String::from("nothing to do"),
            1 => String::from("1 step done"),
            many => format!("{many} steps done"),
        };
        if left.is_empty() {
            self.write(&format!("{done}: the mesh {} {file}", self.paint.green("is as in")));
        } else {
            let plural = if left.len() == 1 { "" } else { "s" };
            let count = self.paint.red(format!("{} difference{plural}", left.len()));
            self.write(&format!("{done}; {count} from {file}"));
        }
    }

    fn tell_omissions(&self) {
        let lists = [
            ("cannot be done here", &self.plan.beyond),
            ("refused", &self.plan.refused),
            ("left alone", &self.plan.left),
        ];
        for (label, list) in lists {
            for Omission { what, advice } in list {
                self.write(&format!("{} {what}\n     {advice}", self.paint.yellow(format!("{label}:"))));
            }
        }
    }

    fn write(&self, line: &str) {
        if !self.is_json {
            write_out(&format!("{line}\n"));
        }
    }

    fn report(&self, is_dry: bool, outcome: Option<&Outcome>, left: &[Difference]) -> Value {
        let omissions = |list: &[Omission]| -> Vec<Value> {
            list.iter().map(|one| json!({"what": one.what, "advice": one.advice})).collect()
        };
        let steps = self.plan.steps.iter().enumerate().map(|(at, step)| {
            json!({
                "number": at + 1,
                "router": step.router,
                "action": step.action.as_str(),
                "what": step.kind.entity_type().name,
                "name": step.name,
                "reason": step.reason,
                "effect": step.effect,
                "until": step.until.as_ref().map(Until::describe),
                "done": at < self.done,
                "reachedAfter": self.reached.get(at),
            })
        });
        let problem = match outcome {
            Some(Outcome::Stopped { at, problem, .. }) => json!({"step": at + 1, "problem": problem}),
            Some(Outcome::Done) | None => Value::Null,
        };
        json!({
            "dryRun": is_dry,
            "steps": steps.collect::<Vec<_>>(),
            "cannot": omissions(&self.plan.beyond),
            "refused": omissions(&self.plan.refused),
            "leftAlone": omissions(&self.plan.left),
            "stopped": problem,
            "differences": left.iter().map(diff::to_json).collect::<Vec<_>>(),
        })
    }
}

fn sentence(step: &Step) -> String {
    let Step { router, kind, name, action, reason, .. } = step;
    format!("{router}: {} {} {name} ({reason})", action.as_str(), kind.entity_type().name)
}
