# The image for users: builds brolga from source. `docker compose up` does it when no
# image of that name is there yet.
#
#   docker build -t brolga/brolga .
#
# GO_IMAGE and BASE may be other images of Debian's kind, GOPROXY and GOSUMDB what `go
# env` says where modules come from elsewhere. Without BuildKit it builds too.
ARG GO_VERSION=1.26
ARG GO_IMAGE=golang:${GO_VERSION}-bookworm
ARG BASE=debian:bookworm-slim

FROM ${GO_IMAGE} AS build
LABEL org.opencontainers.image.title=brolga
ARG GOPROXY
ARG GOSUMDB
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /brolga ./cmd/brolga

FROM ${BASE}
LABEL org.opencontainers.image.title=brolga org.opencontainers.image.licenses=Apache-2.0
COPY --from=build /brolga /usr/bin/brolga
COPY deploy/image/install.sh /tmp/install.sh
RUN /tmp/install.sh && rm /tmp/install.sh

ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/kafka/bin
USER appuser
WORKDIR /home/appuser
VOLUME ["/var/lib/kafka/data", "/etc/kafka/secrets"]
EXPOSE 9092 8080 9404
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2s --timeout=6s --start-period=10s --retries=5 CMD ["/usr/bin/brolga", "health"]
CMD ["/etc/confluent/docker/run"]
