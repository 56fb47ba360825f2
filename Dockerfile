# Two images: docker build --target api . and docker build --target web .
# docs/deploying.md says how to run them; packages/e2e/test/images.spec.ts carries these steps out without Docker.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /footbridge
ENV CI=true npm_config_yes=true npm_config_update_notifier=false
ENV TURBO_TELEMETRY_DISABLED=1 NEXT_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1

# The store is filled from the lockfile alone: as long as that stays, editing a source downloads nothing again.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
RUN npx pnpm@12.21.0 fetch
COPY . .
RUN npx pnpm@12.21.0 install --offline --frozen-lockfile
RUN npx pnpm@12.21.0 turbo run build --filter=@footbridge/api --filter=@footbridge/web
RUN node packages/house/src/production-tree.mjs api out/api
RUN node packages/house/src/production-tree.mjs web out/web

FROM node:24.21.0-bookworm-slim AS runtime
ENV NODE_ENV=production
STOPSIGNAL SIGTERM
USER node

FROM runtime AS api
WORKDIR /app/apps/api
ENV API_HOST=0.0.0.0
COPY --from=build /footbridge/out/api /app
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.API_PORT || 4000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]

FROM runtime AS web
WORKDIR /app/apps/web
ENV WEB_HOST=0.0.0.0
COPY --from=build /footbridge/out/web /app
COPY deploy/built-config.mjs ./
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.WEB_PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "./built-config.mjs", "dist/server.js"]
