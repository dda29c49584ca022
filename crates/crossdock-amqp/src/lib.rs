//! crossdock-amqp
