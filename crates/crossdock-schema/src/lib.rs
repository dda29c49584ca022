//! crossdock-schema
