# docker build -t member-card-graphql .
# How to run it: deploy/README.md. test/deploy/image.test.ts executes these steps.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY deploy/build.mjs deploy/files.mjs deploy/bundle-console.mjs ./deploy/
COPY src ./src
COPY console ./console
COPY schema ./schema
RUN npm run build

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM node:24-slim
WORKDIR /app
COPY package.json LICENSE ./
COPY schema ./schema
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Without this, a container whose configuration was not mounted would start the demo.
ENV WECHAT_MEMBER_CONFIG=/etc/member-card/config/config.yaml
# A number, because Kubernetes cannot tell whether a name is root's. It is the user "node" of the image.
USER 1000:1000
EXPOSE 4000 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:4000/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in front: SIGTERM and SIGHUP reach the server.
ENTRYPOINT ["node", "dist/main.js"]
