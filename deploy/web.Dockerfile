# The page on a Node server of its own, for deploy/compose.split.yaml. From the
# root of the repository:
#   docker build -f deploy/web.Dockerfile -t leadlake-web .
# Which API it hands /api on to is said when it runs: LEADLAKE_API_URL.

FROM docker.io/library/debian:bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils ca-certificates npm \
 && rm -rf /var/lib/apt/lists/*
# Debian's Node is too old; its npm brings ours. Node trusts the same
# certificates as the system.
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt NEXT_TELEMETRY_DISABLED=1
ARG NODE_VERSION=24.21.0
RUN npm install --global --no-audit --no-fund "node@${NODE_VERSION}"
WORKDIR /src/web
COPY web/package.json web/pnpm-lock.yaml web/pnpm-workspace.yaml ./
RUN npx --yes pnpm@12.21.0 --pm-on-fail=ignore install --frozen-lockfile
COPY web ./
RUN BUILD_TARGET=standalone npx --yes pnpm@12.21.0 --pm-on-fail=ignore run build
COPY deploy/root-fs /usr/local/bin/root-fs
RUN install -D -m 755 "$(readlink -f "$(command -v node)")" /root-fs/usr/bin/node \
 && strip /root-fs/usr/bin/node \
 && root-fs /root-fs /usr/bin/node \
 && mv .next/standalone /root-fs/app \
 && mv .next/static /root-fs/app/.next/static

FROM scratch
LABEL org.opencontainers.image.title="Leadlake, the page" \
      org.opencontainers.image.description="The dashboard of Leadlake on a Node server" \
      org.opencontainers.image.licenses="Apache-2.0"
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /root-fs /
USER 65532:65532
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOSTNAME=127.0.0.1 PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/bin/node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/fr/').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["/usr/bin/node"]
CMD ["server.js"]
