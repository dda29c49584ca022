//! crossdock-router
