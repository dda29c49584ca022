# The image that `crossdock topology generate` names: docker build -t crossdock:latest .
FROM rust:1.95-slim-trixie AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked -p crossdock && strip target/release/crossdock

FROM debian:trixie-slim
COPY --from=build /source/target/release/crossdock /usr/bin/crossdock
# A router alone, until another configuration is put in its place.
RUN mkdir /etc/crossdock && printf 'router {\n    id: dock-1\n}\nlistener {\n    port: 5672\n}\n' > /etc/crossdock/router.conf
# Nobody: the router needs neither rights nor a place to write to.
USER 10001:10001
EXPOSE 5672
# The first process of the container; it ends in good order on SIGTERM.
ENTRYPOINT ["/usr/bin/crossdock"]
CMD ["run", "--config", "/etc/crossdock/router.conf"]
