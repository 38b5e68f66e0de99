# One image for every process of the studio: `genesis process NAME`, `genesis migrate`.
FROM node:22-slim AS page
WORKDIR /app/ui
COPY ui/package.json ui/package-lock.json ui/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY ui/ ./
RUN npm run build

FROM python:3.12-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/genesis
COPY requirements.lock ./
RUN /opt/genesis/bin/pip install --quiet --require-hashes -r requirements.lock

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/genesis --create-home genesis
COPY --from=packages /opt/genesis /opt/genesis
WORKDIR /app
COPY packages/ packages/
COPY domain/ domain/
COPY application/ application/
COPY projections/ projections/
COPY infrastructure/ infrastructure/
COPY flows/ flows/
COPY api/ api/
COPY cli/ cli/
COPY migrations/ migrations/
COPY --from=page /app/ui/dist ui/dist
RUN printf '#!/bin/sh\nexec python -m cli.main "$@"\n' > /opt/genesis/bin/genesis && chmod 755 /opt/genesis/bin/genesis
ENV PATH=/opt/genesis/bin:$PATH \
    PYTHONPATH=/app:/app/packages/shared-types \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    GENESIS_HOME=/var/lib/genesis \
    GENESIS_OPEN_BROWSER=0 \
    PREFECT_HOME=/tmp/prefect
USER genesis
EXPOSE 8765
ENTRYPOINT ["genesis"]
CMD ["process", "api"]
