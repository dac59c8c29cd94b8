# The program alone on a small base: its OpenSSL is built in, the authorities to trust come from the base.
FROM rust:1.95-slim-trixie AS build
# librdkafka and OpenSSL are built from source.
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ make perl pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked && cp target/release/tenure /tenure

FROM debian:trixie-slim
LABEL org.opencontainers.image.title="tenure" \
      org.opencontainers.image.description="Event-stream processor for secrets telemetry" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /tenure /usr/local/bin/tenure
# A number, so that a cluster can see that it is not root.
USER 65532:65532
WORKDIR /etc/tenure
EXPOSE 9464
ENTRYPOINT ["tenure"]
CMD ["run", "--config", "/etc/tenure/tenure.toml"]
