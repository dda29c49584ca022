use tracing::field::{Field, Visit};
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
struct S;
struct V(String);
impl Visit for V { fn record_debug(&mut self, f: &Field, v: &dyn std::fmt::Debug) { if f.name() == "message" { self.0 = format!("{v:?}"); } } }
impl tracing::Subscriber for S {
    fn enabled(&self, m: &tracing::Metadata<'_>) -> bool { *m.level() <= tracing::Level::INFO }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id { tracing::span::Id::from_u64(1) }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, e: &tracing::Event<'_>) { let mut v = V(String::new()); e.record(&mut v); eprintln!("{} ({}) {}", e.metadata().target(), e.metadata().level(), v.0); }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}
fn main() -> std::process::ExitCode {
    let a: Vec<String> = std::env::args().collect();
    tracing::subscriber::set_global_default(S).unwrap();
    let text = std::fs::read_to_string(&a[3]).unwrap();
    match crossdock_schema::parse(&a[3], &text) {
        Ok((c, _)) => match crossdock_net::run(&c, || {}) { Ok(_) => 0.into(), Err(e) => { eprintln!("{e}"); 1.into() } },
        Err(e) => { for e in e { eprintln!("{e}"); } 1.into() }
    }
}
