//! crossdock-core
