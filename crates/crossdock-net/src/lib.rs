//! crossdock-net
