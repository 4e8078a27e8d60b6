# Two images: `service` (the last stage, hence the default) and `marketplace`, the stub API for trying it out.

FROM node:24.21.0-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM base AS dependencies
COPY package.json package-lock.json .npmrc ./
# No production dependency needs an install script.
RUN npm ci --omit=dev --ignore-scripts

FROM base AS runtime
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
# Where EMBEDDED=true keeps its database; a volume here keeps it longer than the container.
RUN mkdir data && chown node:node data
USER node

FROM runtime AS marketplace
COPY --from=build /app/dist/demo dist/demo
ENV PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/demo/marketplace/main.js"]

FROM runtime AS service
COPY --from=build /app/dist/migrations dist/migrations
COPY --from=build /app/dist/src dist/src
ENV PORT=3001
EXPOSE 3001
# Liveness: a database that is away must not get the instance restarted. Readiness is for load balancers.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--env-file-if-exists=.env", "--enable-source-maps", "--max-semi-space-size=8", "--heap-growing-percent=20", "dist/src/main.js"]
